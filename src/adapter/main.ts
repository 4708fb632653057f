import { runCommandLine } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** Colours are for a terminal, and for whoever wants them (https://no-color.org). */
const hasColours = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';

let isProgressShown = false;

const terminal: Terminal = {
  out: (text) => {
    clearProgress();
    process.stdout.write(text);
  },
  note: (text) => {
    clearProgress();
    process.stderr.write(text);
  },
  dim: (text) => (hasColours ? `\u001b[2m${text}\u001b[22m` : text),
  progress: (text) => {
    if (!process.stderr.isTTY) return;
    clearProgress();
    isProgressShown = text !== '';
    process.stderr.write(text);
  },
  readInput: async (most) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > most) break;
    }
    return Buffer.concat(chunks);
  },
};

/** What is said takes the place of how far something was. */
function clearProgress(): void {
  if (isProgressShown) process.stderr.write('\r\u001b[2K');
  isProgressShown = false;
}

let hasReader = true;

/** Who reads the output has seen enough: that is no failure, and what runs until it is told to end is told now. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  if (!hasReader) return;
  hasReader = false;
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0);
}
process.stdout.on('error', onOutputError);
process.stderr.on('error', onOutputError);

/** Runs the program with its own arguments. */
export async function main(version: string): Promise<void> {
  process.exitCode = await runCommandLine(process.argv.slice(2), version, terminal);
}
