import { sabotageBook } from '../../raft/sabotage-book.ts';
import { sabotageNames, type SabotageName } from '../../raft/sabotage-name.ts';
import type { Failure } from '../../sim/fuzz/failure.ts';
import type { SeedsPlayed } from '../../sim/fuzz/play-seeds.ts';
import type { Shrunk } from '../../sim/fuzz/shrink.ts';
import type { Run } from '../../timeline/run.ts';
import { countOf, counted, milliseconds } from '../../timeline/words.ts';

const US_PER_HOUR = 3_600_000_000;

export function simulatedHours({ playedUs }: SeedsPlayed): number {
  return Math.round((playedUs / US_PER_HOUR) * 1_000) / 1_000;
}

/** How far it has come, how fast it is, and how long it will take: `elapsedMs` is wall time. */
export function progressWords(sum: SeedsPlayed, wanted: number, elapsedMs: number): string {
  const rate = (sum.seeds * 1_000) / Math.max(1, elapsedMs);
  const restSeconds = Math.ceil((wanted - sum.seeds) / Math.max(rate, 1e-9));
  return `${countOf(sum.seeds)} of ${countOf(wanted)} seeds, ${rate.toFixed(1)} a second, ${simulatedHours(sum)} simulated hours, ${spanWords(restSeconds)} to go`;
}

/** What was played, how long it took, and what befell the clusters. */
export function sumWords(sum: SeedsPlayed, elapsedMs: number): string {
  const rate = ((sum.seeds * 1_000) / Math.max(1, elapsedMs)).toFixed(1);
  const speed = countOf(Math.round(sum.playedUs / 1_000 / Math.max(1, elapsedMs)));
  const counts = Object.entries(sum.faults).sort(([one], [other]) => (one < other ? -1 : 1));
  const width = Math.max(0, ...counts.map(([name]) => name.length));
  return [
    `${countOf(sum.seeds)} seeds in ${spanWords(Math.round(elapsedMs / 1_000))} (${rate} a second), ${simulatedHours(sum)} simulated hours (${speed} times real time), ${countOf(sum.events)} events checked.`,
    ...counts.map(([name, count]) => `  ${name.padEnd(width)}  ${countOf(count).padStart(12)}`),
  ].join('\n');
}

/** Every sabotage: its name, what is wrong with it, and where the rule stands that it breaks. */
export function sabotageWords(): string {
  const width = Math.max(...sabotageNames.map((name) => name.length));
  const line = (name: SabotageName): string => {
    const { sentence, section } = sabotageBook[name];
    return `${name.padEnd(width)}  ${sentence} (${section})\n`;
  };
  return sabotageNames.map(line).join('');
}

/** What a seed showed, in which run, and what was left of it. */
export function failureWords(
  seed: number,
  failure: Failure,
  run: Run,
  { run: small, failure: seen, plays }: Shrunk,
): string {
  return [
    `Seed ${seed} fails (${failure.name}): ${failure.sentence}`,
    `Shrunk from ${extentWords(run)} to ${extentWords(small)}, in ${countOf(plays)} plays. It fails at ${milliseconds(seen.atUs)}: ${seen.sentence}`,
  ].join('\n');
}

function extentWords({ actions, config, untilUs }: Run): string {
  return `${counted(actions.length, 'action')} on ${counted(config.nodes, 'node')} in ${milliseconds(untilUs)}`;
}

function spanWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
