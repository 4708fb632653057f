/** What was thrown, in words: an error's message, and anything else as text. */
export function sentenceOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
