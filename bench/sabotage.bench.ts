import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sabotageBook } from '../src/raft/sabotage-book.ts';
import { sabotageNames, type SabotageName } from '../src/raft/sabotage-name.ts';
import { playChecked } from '../src/sim/fuzz/play-checked.ts';
import { playSeeds, type FailingSeed } from '../src/sim/fuzz/play-seeds.ts';

/** From where on seeds are played, and how many before a sabotage passes for one that is not caught. */
const FIRST_SEED = 1;
const MAX_SEEDS = 2_000;

/** How the fuzzer caught a sabotage. */
interface Catch {
  readonly name: SabotageName;
  readonly seed: number | undefined;
  readonly by: string;
  readonly cpuSeconds: number;
}

/**
 * How many seeds the fuzzer needs for each sabotage, on one thread, and how much processor time that is. It writes the table
 * of docs/sabotages.md.
 */
export function run(report: (name: string, value: number, unit: string) => void): void {
  const caught = sabotageNames.map((name) => {
    const one = hunt(name);
    report(`${name}: ${one.by}`, one.seed === undefined ? Infinity : one.seed - FIRST_SEED + 1, 'seeds');
    report(`${name}: processor time`, one.cpuSeconds, 's');
    return one;
  });
  writeFileSync(resolve('docs/sabotages.md'), pageOf(caught));
}

function hunt(name: SabotageName): Catch {
  const before = process.cpuUsage();
  const found = firstOfItsOwn(name);
  const { user, system } = process.cpuUsage(before);
  const { kind, name: invariant } = found?.failure ?? { kind: undefined, name: '' };
  const by = kind === undefined ? 'not caught' : kind === 'invariant' ? invariant : kind;
  return { name, seed: found?.seed, by, cpuSeconds: (user + system) / 1_000_000 };
}

/** What the same run shows with the rules of the paper is not the sabotage's. */
function firstOfItsOwn(name: SabotageName): FailingSeed | undefined {
  for (let from = FIRST_SEED; from < FIRST_SEED + MAX_SEEDS;) {
    const { found } = playSeeds(from, FIRST_SEED + MAX_SEEDS - from, { sabotages: [name] });
    if (found === undefined) return undefined;
    const { sabotages: _wrong, ...config } = found.run.config;
    if (playChecked({ ...found.run, config }).failure === undefined) return found;
    from = found.seed + 1;
  }
  return undefined;
}

function pageOf(caught: readonly Catch[]): string {
  const rows = caught.map(({ name, seed, by, cpuSeconds }) => {
    const { sentence, section, trap } = sabotageBook[name];
    return [
      `\`${name}\``,
      trap === undefined ? '' : String(trap),
      section,
      sentence,
      by,
      seed === undefined ? `none of ${MAX_SEEDS}` : String(seed),
      cpuSeconds.toFixed(1),
    ];
  });
  return `${intro}\n${tableOf(['name', 'trap', 'section', 'what is wrong', 'caught by', 'seed', 'seconds'], rows)}\n`;
}

/** Cells are padded, so that the page is formatted as all others are. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const intro = `# Sabotages

Rules that a run can have wrong on purpose, and what the fuzzer took to catch each: \`npm run fuzz -- --sabotage NAME\`. A
number under _trap_ says which of the twelve it is that other implementations fell into; all others are our own. The fuzzer
knows of a sabotage only in what weather it may show (\`src/raft/sabotage-book.ts\`), not what to do when.

_Caught by_ names the invariant that was breached, _linearizability_ (no order of the requests explains what clients were told) or
_progress_ (something did not come about in time once enough was well again). _Seed_ is the first that fails, counted from 1, and so how
many runs were played; the seconds are processor time of one thread. \`npm run bench -- sabotage\` makes this page again.
`;
