import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Option } from 'commander';
import {
  FAIL_MEANINGS,
  MODELS,
  type FailMeaning,
  type ModelName,
  type ReadHistory,
} from '../check/history-file/build-history.ts';
import { readHistory } from '../check/history-file/read-history.ts';
import { historyPage } from '../check/history-page/history-page.ts';
import { operationWords } from '../check/history-page/operation-words.ts';
import { byKey, checkHistory, DEFAULT_SEARCH_LIMITS, type Verdict } from '../check/linearizability/check-history.ts';
import { explain, type Explanation } from '../check/linearizability/explain.ts';
import type { HistoryOperation } from '../check/linearizability/history.ts';
import type { SearchLimits } from '../check/linearizability/search.ts';
import type { AddCommand } from './add-command.ts';
import { refuse } from './commands/answer.ts';
import { wholeNumber } from './commands/whole-number.ts';
import { EXIT_NO, EXIT_OK, EXIT_UNKNOWN, EXIT_UNUSABLE } from './exit-codes.ts';
import { readText } from './history-source.ts';
import type { Terminal } from './terminal.ts';
import { counted } from '../timeline/words.ts';
import { helpText } from './help-text.ts';

interface CheckFlags {
  readonly model?: ModelName;
  readonly initial?: string;
  readonly fail: FailMeaning;
  readonly json?: true;
  /** A path; true for one beside where the command runs; false for none. */
  readonly html: string | boolean;
  readonly limit: number;
}

const help = `
The history is a file in one of the forms in which Jepsen writes them (- reads standard input):
  INFO  jepsen.util - 3<TAB>:invoke<TAB>:write<TAB>4      a log; lines of other loggers are passed over
  {:process 3, :type :invoke, :f :put, :key "0", :value "x"}      EDN, one map after another or in one list
Types are :invoke, then :ok, :fail or :info. After :info, or with no return at all, an operation may take
effect at any later time, or never. Functions are :read :write :cas (register), and :get :put :append :delete
:cas (kv). Keys stand in :key, or first in every value, as [key value]; each key is checked by itself.

What :fail means differs between systems:
  no-effect  the operation did not take place, and nothing was learnt. This is what Jepsen means by it,
             and it holds for the other meaning, too: no history is refused that could be right.
  mismatch   the same, but a :cas that failed found another value than it expected (Jepsen's etcd
             histories, as Porcupine reads them). Where that is true, it finds more.
  unknown    the operation may have taken place all the same.

At first every key holds nothing: nil in a register; in a kv nil or "", whichever is seen.

With --json, one line: {"linearizable":true}, or {"linearizable":false,…} with "key", "culprit" (the operation
that cannot be placed) and "stretch" (the smallest that cannot be explained), or {"linearizable":"unknown",…}.

Exit codes: 0 linearizable; 1 not linearizable; 2 the file or an option cannot be used; 3 not known, since
the search of a key would be longer than --limit allows.`;

/** `whitewater check FILE`: whether a history is linearizable, and if not, why. */
export const addCheckCommand: AddCommand = (program, terminal, exit) => {
  program
    .command('check')
    .summary('tell whether a history is linearizable')
    .description('Tells whether one order of the operations of a history explains what every client saw.')
    .argument('<file>', 'a history in Jepsen’s log or EDN form; - for standard input')
    .addOption(
      new Option('--model <name>', 'what the history is of (default: told from its functions)').choices(MODELS),
    )
    .option('--initial <value>', 'what every key holds at first, in EDN: 0, "text", nil; a bare word is text')
    .addOption(
      new Option('--fail <meaning>', 'what :fail says of an operation').choices(FAIL_MEANINGS).default('no-effect'),
    )
    .option('--json', 'print the verdict as one line of JSON')
    .addOption(
      new Option('--html <path>', 'where a history that is not linearizable is drawn').default(
        true,
        '<file>.html, here',
      ),
    )
    .option('--no-html', 'draw nothing')
    .option(
      '--limit <configurations>',
      'how many configurations the search of one key may look at',
      wholeNumber,
      DEFAULT_SEARCH_LIMITS.maxConfigurations,
    )
    .addHelpText('after', helpText(help))
    .action(async (file: string, flags: CheckFlags) => {
      exit(await check(file, flags, terminal));
    });
};

async function check(file: string, flags: CheckFlags, terminal: Terminal): Promise<number> {
  const source = await readText(file, terminal);
  const read =
    'error' in source
      ? source
      : readHistory(source.text, { model: flags.model, initial: flags.initial, fail: flags.fail });
  if ('error' in read) {
    return refuse(terminal, flags, read.error, EXIT_UNUSABLE);
  }
  const { history } = read;
  const limits = limitsOf(flags);
  terminal.progress(`An order is looked for that explains all of ${extentOf(history)} …`);
  const verdict = checkHistory(history.operations, { initial: history.initial, limits });
  terminal.progress('');
  switch (verdict.type) {
    case 'linearizable':
      if (flags.json === true) terminal.out('{"linearizable":true}\n');
      else terminal.out(`Linearizable: one order explains all of ${extentOf(history)}.\n`);
      if ('text' in source) noteOtherMeaning(source.text, history, flags, terminal);
      return EXIT_OK;
    case 'unknown':
      sayUnknown(verdict, flags, terminal);
      return EXIT_UNKNOWN;
    case 'not-linearizable':
      await sayNo(file, history, verdict.key, flags, terminal);
      return EXIT_NO;
  }
}

function limitsOf({ limit }: CheckFlags): SearchLimits {
  // A configuration of a large history takes some twenty words; with more to look at there is more to remember.
  const share = Math.max(1, limit / DEFAULT_SEARCH_LIMITS.maxConfigurations);
  return {
    maxConfigurations: limit,
    maxCacheWords: Math.min(2 ** 30, Math.floor(DEFAULT_SEARCH_LIMITS.maxCacheWords * share)),
    maxStates: Math.min(2 ** 25, Math.floor(DEFAULT_SEARCH_LIMITS.maxStates * share)),
  };
}

function extentOf({ operations }: ReadHistory): string {
  const clients = new Set(operations.map(({ client }) => client)).size;
  const keys = byKey(operations).size;
  const on = keys > 1 ? ` on ${counted(keys, 'key')}` : '';
  return `${counted(operations.length, 'operation')} of ${counted(clients, 'client')}${on}`;
}

/** Where the cautious reading of failures finds nothing, the other may: that is worth a line. */
function noteOtherMeaning(text: string, history: ReadHistory, flags: CheckFlags, terminal: Terminal): void {
  if (flags.fail !== 'no-effect' || history.failedSwaps === 0) return;
  const read = readHistory(text, { model: flags.model, initial: flags.initial, fail: 'mismatch' });
  if ('error' in read) return;
  const { operations, initial } = read.history;
  if (checkHistory(operations, { initial, limits: limitsOf(flags) }).type !== 'not-linearizable') return;
  terminal.note(
    `Note: ${history.failedSwaps} :cas failed. If each of them found another value than it expected (--fail mismatch), the history is not linearizable.\n`,
  );
}

function sayUnknown(verdict: Extract<Verdict, { type: 'unknown' }>, flags: CheckFlags, terminal: Terminal): void {
  const where = verdict.key === '' ? '' : ` of key ${verdict.key}`;
  const reason = `the search${where} reached its limit of ${flags.limit} configurations, or of the memory for them`;
  if (flags.json === true) terminal.out(`${JSON.stringify({ linearizable: 'unknown', key: verdict.key, reason })}\n`);
  else terminal.out(`Not known: ${reason}. --limit allows more.\n`);
}

async function sayNo(
  file: string,
  history: ReadHistory,
  key: string,
  flags: CheckFlags,
  terminal: Terminal,
): Promise<void> {
  const operations = byKey(history.operations).get(key) ?? [];
  const explanation = explain(operations, history.initial);
  const title = file === '-' ? 'history' : basename(file);
  let drawn: string | undefined;
  if (explanation !== undefined && flags.html !== false) {
    const path = flags.html === true ? `${title}.html` : flags.html;
    const placeOf = (moment: number): string => `line ${history.lines[moment] ?? 0}`;
    drawn = await draw(path, historyPage({ title, key, operations, explanation, placeOf }), terminal);
  }
  if (flags.json === true) terminal.out(`${JSON.stringify(asJson(history, key, explanation, drawn))}\n`);
  else terminal.out(inWords(history, key, explanation, drawn));
}

/** Gives the path where the page could be written. */
async function draw(path: string, page: string, terminal: Terminal): Promise<string | undefined> {
  try {
    await writeFile(path, page);
    return path;
  } catch (error) {
    terminal.note(
      `The drawing could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return undefined;
  }
}

function asJson(
  history: ReadHistory,
  key: string,
  explanation: Explanation | undefined,
  drawn: string | undefined,
): Readonly<Record<string, unknown>> {
  const told = (operation: HistoryOperation): Readonly<Record<string, unknown>> => ({
    process: operation.client,
    operation: operationWords(operation),
    invokedOnLine: history.lines[operation.invokedAt],
    returnedOnLine: history.lines[operation.returnedAt],
  });
  return {
    linearizable: false,
    ...(key === '' ? {} : { key }),
    ...(explanation === undefined
      ? {}
      : { culprit: told(explanation.culprit), stretch: explanation.stretch.operations.map(told) }),
    ...(drawn === undefined ? {} : { html: drawn }),
  };
}

function inWords(
  history: ReadHistory,
  key: string,
  explanation: Explanation | undefined,
  drawn: string | undefined,
): string {
  const of = key === '' ? '' : ` of key ${key}`;
  const first = `Not linearizable: no order of the operations${of} explains what their clients saw (${extentOf(history)}).\n`;
  if (explanation === undefined) {
    return `${first}Which of them cannot be placed is not known: that search would be too long.\n`;
  }
  const { culprit, stretch } = explanation;
  const line = (moment: number): number => history.lines[moment] ?? 0;
  const rows = stretch.operations.map((operation) => {
    const lines = `lines ${line(operation.invokedAt)}-${line(operation.returnedAt)}`;
    const mark = operation.returnedAt === culprit.returnedAt ? '>' : ' ';
    return `${mark} ${lines.padEnd(18)} client ${operation.client.padEnd(5)} ${operationWords(operation)}\n`;
  });
  const whatever = stretch.needsInitial ? 'with what the key held at first' : 'whatever was before';
  return [
    first,
    `Until line ${line(culprit.returnedAt)} there is an order; then client ${culprit.client}'s ${operationWords(culprit)} cannot be placed.\n`,
    `The smallest stretch that cannot be explained, ${whatever}, is lines ${line(stretch.from)} to ${line(stretch.to)}:\n`,
    ...rows,
    drawn === undefined ? '' : `Drawn in ${drawn}\n`,
  ].join('');
}
