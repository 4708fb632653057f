import { open } from 'node:fs/promises';
import { MAX_HISTORY_BYTES } from '../check/history-file/read-history.ts';
import { readFault } from './file-fault.ts';
import type { Terminal } from './terminal.ts';
import { byteCount } from '../timeline/words.ts';

/** The text of a file, or of the standard input for `-`; `error` is one sentence. */
export async function readText(
  file: string,
  terminal: Terminal,
): Promise<{ readonly text: string } | { readonly error: string }> {
  const bytes = file === '-' ? await terminal.readInput(MAX_HISTORY_BYTES) : await readBytes(file);
  if (typeof bytes === 'string') return { error: bytes };
  if (bytes.length > MAX_HISTORY_BYTES) return { error: tooLarge };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const text = new TextDecoder().decode(bytes);
    return { error: `Line ${text.slice(0, text.indexOf('\uFFFD')).split('\n').length}: this is not text in UTF-8.` };
  }
}

const tooLarge = `This file is larger than a history may be: the limit is ${byteCount(MAX_HISTORY_BYTES)}.`;

/** The bytes of a file, no more than are looked at; or what is wrong with it. */
async function readBytes(path: string): Promise<Uint8Array | string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      return size > MAX_HISTORY_BYTES ? tooLarge : await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    return readFault(path, error);
  }
}
