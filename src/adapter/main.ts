import { runCommandLine } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** Colours are for a terminal, and for whoever wants them (https://no-color.org). */
const hasColours = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';

const terminal: Terminal = {
  out: (text) => process.stdout.write(text),
  note: (text) => process.stderr.write(text),
  dim: (text) => (hasColours ? `\u001b[2m${text}\u001b[22m` : text),
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}${text === '' ? '' : '\r'}`);
  },
  readInput: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
};

// Who reads the output may have seen enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

/** Runs the program with its own arguments. */
export async function main(version: string): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), version, terminal);
}
