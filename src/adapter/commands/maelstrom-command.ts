import { createInterface } from 'node:readline';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { AddCommand } from '../add-command.ts';
import { EXIT_OK, EXIT_STOPPED, EXIT_UNUSABLE } from '../exit-codes.ts';
import { helpText } from '../help-text.ts';

const help = `
Maelstrom (https://github.com/jepsen-io/maelstrom) runs it, one process a node, and speaks to it by lines of JSON:
  ./maelstrom test -w lin-kv --bin whitewater-maelstrom --time-limit 60 --node-count 3 --concurrency 4n --rate 100
where whitewater-maelstrom is a script that does: exec npx whitewater maelstrom

Requests are read, write and cas. Of what goes wrong, error 0 says that it may have happened or may yet; all others say that it did
not: 11 not now, 20 there is no such key, 22 it holds something else, 12 and 10 the request is not understood.

Exit codes: 0 its input ended; 2 the folder cannot be used; 4 it stopped by itself, since its disk failed or its own state
was impossible: the standard error says why.`;

/** `whitewater maelstrom`: a node for Maelstrom's tests. */
export const addMaelstromCommand: AddCommand = (program, terminal, exit) => {
  program
    .command('maelstrom')
    .summary('be a node in a test of Maelstrom')
    .description('Speaks Maelstrom’s protocol on standard input and output: the workload lin-kv, on the same nodes.')
    .option('--data <folder>', 'where nodes keep their data, each in a folder of its name (default: in memory)')
    .option('--json', 'nothing else: all that it says is lines of JSON anyway')
    .addHelpText('after', helpText(help))
    .action(async ({ data }: { readonly data?: string }) => {
      const { MaelstromSession } = await import('../maelstrom/maelstrom-session.ts');
      const lines = createInterface({ input: process.stdin });
      let code = EXIT_OK;
      const stop = (because: number, sentence: string): void => {
        terminal.note(`${sentence}\n`);
        code = because;
        lines.close();
      };
      const session = new MaelstromSession({
        data,
        out: (line) => terminal.out(`${line}\n`),
        onFailure: (sentence) => stop(EXIT_STOPPED, sentence),
      });
      lines.on('line', (line) => {
        session.take(line).catch((error: unknown) => stop(EXIT_UNUSABLE, sentenceOfError(error)));
      });
      await new Promise<void>((resolve) => {
        lines.on('close', resolve);
      });
      await session.close();
      exit(code);
    });
};
