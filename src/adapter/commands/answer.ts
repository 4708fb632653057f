import type { Terminal } from '../terminal.ts';

/** How a command tells what came of it: in words, or with `--json` as lines of JSON. */
export interface Manner {
  readonly json?: true | undefined;
}

/** Tells an answer: the value as one line of JSON, or the text as it is. */
export function tell(terminal: Terminal, { json }: Manner, value: unknown, text: string): void {
  terminal.out(json === true ? `${JSON.stringify(value)}\n` : text);
}

/** Tells what cannot be done, in one sentence; with `--json` also as `{"error"}`. Gives the exit code that it was given. */
export function refuse(terminal: Terminal, { json }: Manner, sentence: string, code: number): number {
  terminal.note(`${sentence}\n`);
  if (json === true) terminal.out(`${JSON.stringify({ error: sentence })}\n`);
  return code;
}
