import { runCommandLine } from '../../src/adapter/command-line.ts';

/** What a command prints and how it ends. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly note: string;
}

/** A command in this very process. */
export async function runHere(args: readonly string[], input: string | Uint8Array = ''): Promise<Ended> {
  let out = '';
  let note = '';
  const code = await runCommandLine(args, '1.2.3', {
    out: (text) => {
      out += text;
    },
    note: (text) => {
      note += text;
    },
    dim: (text) => text,
    progress: () => undefined,
    readInput: () => Promise.resolve(typeof input === 'string' ? new TextEncoder().encode(input) : input),
  });
  return { code, out, note };
}
