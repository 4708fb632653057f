/** A part of the screen whose code comes later than the ring. */
export interface LatePart<Part> {
  /** What it is called where it cannot be loaded: the subject of a sentence. */
  readonly what: string;
  /** Undefined until it is there. */
  readonly loaded: () => Part | undefined;
  /** Loads it, once; after a failure, anew. Rejects where that fails. */
  readonly load: () => Promise<Part>;
}

/**
 * A part that `fetchPart` imports when it is first wanted. React's own `lazy` remembers a failure for good; a network
 * that was away for a moment is worth another try.
 */
export function latePart<Part>(what: string, fetchPart: () => Promise<Part>): LatePart<Part> {
  let part: Part | undefined;
  let loading: Promise<Part> | undefined;
  return {
    what,
    loaded: () => part,
    load: () => {
      loading ??= fetchPart().then(
        (loaded) => {
          part = loaded;
          return loaded;
        },
        (error: unknown) => {
          loading = undefined;
          throw error;
        },
      );
      return loading;
    },
  };
}

/** What is said where a part could not be loaded. */
export function loadFailureSentence(what: string): string {
  return `${what} could not be loaded from the server of this page: try again, or reload the page.`;
}
