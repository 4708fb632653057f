import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paperRules, type Rules } from '../../src/raft/rules.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import type { Run } from '../../src/timeline/run.ts';
import { nodeIds } from '../../src/timeline/world.ts';
import { anyRun } from '../support/random-run.ts';
import { watchOver } from '../support/watched.ts';

/** How many runs a mistake may take to be seen. */
const RUNS = 400;

/** Three or five nodes that time out, restart and lose each other far more often than in any weather, and keep being written to. */
function rough(run: Run): Run {
  const nodes = run.seed % 2 === 0 ? 3 : 5;
  const ids = nodeIds(nodes);
  const named = (seed: number): string => ids[seed % nodes] ?? 'n1';
  const network = { latency: { meanMs: 20, spreadMs: 18 }, loss: 0.1, duplication: 0.2 };
  const config = { ...run.config, nodes, network, maxEntriesPerAppend: 1, disk: { meanMs: 20, spreadMs: 18 } };
  let random = run.seed;
  const draw = (limit: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % limit;
  };
  const actions: TimedAction[] = [];
  for (let atUs = 150_000; atUs < 6_000_000; atUs += draw(80_000)) {
    const node = named(draw(nodes));
    const operation = { type: 'set', key: 'x', value: String(atUs) } as const;
    const groups = [ids.filter(() => draw(2) === 0)];
    const kinds: TimedAction['action'][] = [
      { type: 'request', client: `c${1 + draw(3)}`, requestId: `r${actions.length}`, operation },
      { type: 'request', client: `c${1 + draw(3)}`, requestId: `r${actions.length}`, operation },
      { type: 'time-out-now', node },
      { type: 'time-out-now', node },
      { type: 'restart', node },
      { type: 'split', groups },
      { type: 'heal', links: undefined },
    ];
    const action = kinds[draw(kinds.length)];
    if (action !== undefined) actions.push({ atUs, action });
    // Two who ask at once share the votes of a term.
    if (action?.type === 'time-out-now') actions.push({ atUs, action: { ...action, node: named(draw(nodes)) } });
  }
  return { ...run, config, actions, untilUs: 6_000_000 };
}

function play(run: Run, rules: Rules): void {
  const { look } = watchOver(run.config);
  const simulator = new Simulator({ seed: run.seed, config: run.config, rules, afterStep: look });
  for (const { atUs, action } of run.actions) {
    simulator.advance(atUs);
    simulator.act(action);
  }
  simulator.advance(run.untilUs);
}

const runs = (count: number): Run[] => fc.sample(anyRun(2).map(rough), { numRuns: count, seed: 20_261_121 });

interface Sabotage {
  readonly trap: string;
  readonly rules: Partial<Rules>;
  readonly breach: RegExp;
}

const lost = /^Error: (Leader Completeness|State Machine Safety|Leader Append-Only|Quorums overlap)/;

const sabotages: readonly Sabotage[] = [
  {
    trap: 'trap 1: logs compared by their lengths alone',
    rules: { isUpToDate: (_term, index, _ownTerm, ownIndex) => index >= ownIndex },
    breach: lost,
  },
  {
    trap: 'trap 1: logs compared by either',
    rules: { isUpToDate: (term, index, ownTerm, ownIndex) => term >= ownTerm || index >= ownIndex },
    breach: lost,
  },
  {
    trap: 'trap 2: a vote that leaves before it is durable',
    rules: { leavesAfter: () => 0 },
    breach: /^Error: On disk first/,
  },
  {
    trap: 'trap 3: a same-term step-down that clears the vote',
    rules: { voteAfterStepDown: () => undefined },
    breach: /^Error: (One vote a term|Election Safety)/,
  },
  {
    trap: 'trap 4: entries that it agrees with removed',
    rules: { contradicts: () => true },
    breach: /^Error: (On disk first|State Machine Safety|Leader Completeness|Quorums overlap|No node halts)/,
  },
  {
    trap: 'trap 5: a commit past what the message vouches for',
    rules: {
      followerCommit: (leaderCommit, _vouched, lastIndex) => Math.min(leaderCommit, lastIndex),
      // To go back to the start is slow and as correct; a term at a time would hide the mistake.
      nextIndexAfterRefusal: () => 1,
    },
    breach: lost,
  },
  { trap: 'trap 6: an entry of an old term committed by counting', rules: { mayCommit: () => true }, breach: lost },
];

describe('The watch over simulated runs catches', { timeout: 60_000 }, () => {
  it.each(sabotages.map((sabotage) => [sabotage.trap, sabotage] as const))('%s', (_, { rules, breach }) => {
    for (const run of runs(RUNS)) {
      try {
        play(run, { ...paperRules, ...rules });
      } catch (error) {
        expect(String(error)).toMatch(breach);
        return;
      }
    }
    throw new Error(`It was not caught in ${RUNS} runs.`);
  });

  it("nothing where the rules are the paper's", () => {
    for (const run of runs(60)) play(run, paperRules);
  });
});
