import { MAX_RUN_BYTES, parseRun } from '../timeline/run-file.ts';
import type { Run } from '../timeline/run.ts';
import { countOf } from '../timeline/words.ts';

/** The longest link that is made, in characters: longer ones are cut off by much that they are pasted into. */
export const MAX_LINK_LENGTH = 16_384;
/** The longest that is read. */
export const MAX_READ_LENGTH = 1_048_576;
/** What a run in a link begins with: the part of an address behind `#`. */
const PREFIX = 'run=';

/**
 * The run as the part of an address behind its `#`: the JSON of the run file, deflated (RFC 1951) and in base64url without
 * padding. Undefined where it would be longer than {@link MAX_LINK_LENGTH}.
 */
export async function linkOf(run: Run): Promise<string | undefined> {
  const deflated = await collected(
    piped(new TextEncoder().encode(JSON.stringify(run)), new CompressionStream('deflate-raw')),
  );
  const text = btoa(Array.from(deflated, (byte) => String.fromCodePoint(byte)).join(''));
  const link = PREFIX + text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return link.length > MAX_LINK_LENGTH ? undefined : link;
}

/**
 * The run that an address holds behind its `#`, in which a `#` may stand first. Undefined where it holds none; `error` is one
 * sentence that says why what it holds is no run.
 */
export async function runOfLink(hash: string): Promise<{ readonly run: Run } | { readonly error: string } | undefined> {
  const text = hash.replace(/^#/, '');
  if (!text.startsWith(PREFIX)) return undefined;
  if (text.length > MAX_READ_LENGTH) {
    return {
      error: `The link is longer than one that holds a run may be: the limit is ${countOf(MAX_READ_LENGTH)} characters.`,
    };
  }
  const json = await inflated(text.slice(PREFIX.length));
  if (json === undefined) return { error: 'The link holds no run: it is cut off, or was changed on its way.' };
  const parsed = parseRun(json);
  return 'error' in parsed ? { error: `The run in the link: ${parsed.error}` } : parsed;
}

async function inflated(text: string): Promise<string | undefined> {
  try {
    const deflated = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    const bytes = await collected(piped(deflated, new DecompressionStream('deflate-raw')));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function piped(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(through);
}

/** All that comes, as long as it is no more than a run may be: a few bytes may inflate to very many. */
async function collected(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    length += next.value.length;
    if (length > MAX_RUN_BYTES) {
      await reader.cancel();
      throw new RangeError('It is larger than a run may be.');
    }
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
