import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { DrawOptions } from '../../sim/fuzz/draw-run.ts';
import type { FailingSeed, SeedsPlayed } from '../../sim/fuzz/play-seeds.ts';
import { sabotageNames, type SabotageName } from '../../raft/sabotage-name.ts';
import { linkOf } from '../../cluster/run-link.ts';
import { SeedPlan } from '../../sim/fuzz/seed-plan.ts';
import { MAX_SEED } from '../../timeline/run.ts';
import { formatRun } from '../../timeline/run-file.ts';
import { EXIT_NO, EXIT_OK, EXIT_UNUSABLE } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { FuzzThreads } from './fuzz-threads.ts';
import { failureWords, sabotageWords, simulatedHours, sumWords } from './fuzz-words.ts';
import { ProgressLine } from './progress-line.ts';
import { countOf } from '../../timeline/words.ts';

interface FuzzFlags {
  readonly seeds: number;
  readonly from: number;
  readonly nodes?: number;
  readonly sabotage?: readonly SabotageName[];
  readonly list?: true;
  readonly json?: true;
  readonly out: string;
}

/** Where it writes to. */
export interface FuzzDesk extends Pick<Terminal, 'out' | 'note'> {
  /** Whether notes go to a terminal, on which a line can be written over. */
  readonly inPlace: boolean;
}

/** How many seeds a thread is given at a time: a second's work or less. */
const SHARE = 20;
/** Where `npm start` serves the playground. */
const PLAYGROUND = 'http://localhost:5173/';
/** More nodes make a run too slow to be worth its time. */
const MOST_NODES = 15;

const help = `
Each seed is a run: a cluster, its switches, the faults that befall it, what clients ask of it. All is watched
while it is played; after some seconds everything is healed, and a write has to be committed in time. The first
failure, which is the one of the lowest seed, is made as small as it can be and written as a run file, which the
playground opens. The same seed and options give the same run.

With --json, the last line is {"seeds","simulatedHours","failures","first"}: how many seeds were played, and the
one that failed (or null). A line before it tells of the failure.

Exit codes: 0 nothing failed; 1 a seed failed; 2 an option cannot be used; 130 stopped by Ctrl-C.`;

/**
 * `npm run fuzz`. Gives the exit code. It ends soon after `signal`, with the sum of what was played until then.
 *
 * @param worker the module that threads run, as a file
 */
export async function fuzz(
  args: readonly string[],
  worker: URL,
  terminal: FuzzDesk,
  signal: AbortSignal,
): Promise<number> {
  const program = new Command('npm run fuzz --')
    .description('Plays random runs, looks for one in which the cluster is wrong, and makes it small.')
    .option('--seeds <count>', 'how many seeds to play', wholeFrom(1), 1_000)
    .option('--from <seed>', 'the first of them', wholeFrom(0), 1)
    .option(
      '--nodes <count>',
      `clusters of so many nodes, 1 to ${MOST_NODES} (default: drawn)`,
      wholeFrom(1, MOST_NODES),
    )
    .option('--sabotage <name>', 'a rule that is wrong on purpose; more than one may be given', sabotageNamed)
    .option('--list', 'list the sabotages')
    .option('--json', 'print what came of it as lines of JSON')
    .option('--out <folder>', 'where the run that fails is written', 'test-results')
    .addHelpText('after', help)
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.note });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_OK : EXIT_UNUSABLE;
  }
  const flags = program.opts<FuzzFlags>();
  if (flags.list === true) {
    terminal.out(sabotageWords());
    return EXIT_OK;
  }
  if (flags.from + flags.seeds - 1 > MAX_SEED) {
    terminal.note(`error: there is no seed above ${countOf(MAX_SEED)}.\n`);
    return EXIT_UNUSABLE;
  }
  const threads = new FuzzThreads(worker, availableParallelism());
  try {
    return await hunt(flags, threads, terminal, signal);
  } finally {
    await threads.close();
  }
}

function sabotageNamed(name: string, before: readonly SabotageName[] = []): readonly SabotageName[] {
  const known = sabotageNames.find((one) => one === name);
  if (known === undefined) throw new InvalidArgumentError('There is none of that name: --list names them all.');
  return [...before, known];
}

function wholeFrom(least: number, most: number = MAX_SEED): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${countOf(least)} to ${countOf(most)}.`);
  };
}

async function hunt(flags: FuzzFlags, threads: FuzzThreads, terminal: FuzzDesk, signal: AbortSignal): Promise<number> {
  const { nodes, sabotage } = flags;
  const options: DrawOptions = {
    ...(nodes !== undefined && { nodes }),
    ...(sabotage !== undefined && { sabotages: sabotage }),
  };
  const plan = new SeedPlan(flags.from, flags.seeds, SHARE);
  const begunMs = performance.now();
  const line = new ProgressLine(terminal.note, terminal.inPlace, flags.seeds, begunMs);
  await threads.play(plan, options, () => line.show(plan.sum), signal);
  line.end();
  const { sum } = plan;
  const elapsedMs = performance.now() - begunMs;
  if (flags.json !== true) terminal.out(`${sumWords(sum, elapsedMs)}\n`);
  if (sum.found !== undefined) await tell(sum.found, flags, threads, terminal, signal);
  else if (flags.json !== true) terminal.out(signal.aborted ? 'Stopped; no seed failed.\n' : 'No seed failed.\n');
  if (flags.json === true) terminal.out(`${JSON.stringify(summed(sum))}\n`);
  return sum.found === undefined ? EXIT_OK : EXIT_NO;
}

function summed(sum: SeedsPlayed): Readonly<Record<string, unknown>> {
  return {
    seeds: sum.seeds,
    simulatedHours: simulatedHours(sum),
    failures: sum.found === undefined ? 0 : 1,
    first: sum.found?.seed ?? null,
  };
}

/** Makes the run small, writes it, and says where it is. */
async function tell(
  found: FailingSeed,
  { nodes, sabotage = [], out, json }: FuzzFlags,
  threads: FuzzThreads,
  terminal: FuzzDesk,
  signal: AbortSignal,
): Promise<void> {
  const { seed, failure, run } = found;
  if (json !== true) terminal.out(`Seed ${seed} fails (${failure.name}); shrinking it.\n`);
  const shrunk = (await threads.shrink(found, signal)) ?? { run, failure, plays: 0 };
  const file = join(out, `fuzz-${seed}.run.json`);
  await mkdir(out, { recursive: true });
  await writeFile(file, formatRun(shrunk.run));
  const hash = await linkOf(shrunk.run);
  const link = hash === undefined ? undefined : `${PLAYGROUND}#${hash}`;
  const again = [
    `npm run fuzz -- --from ${seed} --seeds 1`,
    ...(nodes === undefined ? [] : [`--nodes ${nodes}`]),
    ...sabotage.map((name) => `--sabotage ${name}`),
  ].join(' ');
  if (json === true) {
    const { kind, name, sentence, atUs } = shrunk.failure;
    terminal.out(`${JSON.stringify({ failure: { seed, kind, name, sentence, atUs, file, link, again } })}\n`);
    return;
  }
  terminal.out(`${failureWords(seed, failure, run, shrunk)}\n`);
  terminal.out(`The run that is left, which the playground opens: ${file}\nThe seed again: ${again}\n`);
  if (link !== undefined) terminal.out(`The run as a link, while npm start serves the playground: ${link}\n`);
}
