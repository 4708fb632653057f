import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invariantNames } from '../../src/check/invariants/invariant-book.ts';
import { playRun, Simulator } from '../../src/sim/simulator.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import type { Run } from '../../src/timeline/run.ts';
import { foldedPortrait, selfPortrait } from '../support/node-states.ts';
import { anyRun } from '../support/random-run.ts';
import { watchOver } from '../support/watched.ts';

/** Plays a run and looks after every step. */
function watch(run: Run, look: (simulator: Simulator) => void): void {
  const simulator = new Simulator({ seed: run.seed, config: run.config, afterStep: look });
  for (const { atUs, action } of run.actions) {
    simulator.advance(atUs);
    simulator.act(action);
  }
  simulator.advance(run.untilUs);
}

describe('Random runs with kills, cuts, loss, duplication, reordering, pauses, slow disks and power failures', () => {
  it('break none of the invariants, and put each of them to the test', { timeout: 60_000 }, () => {
    const kinds = [
      'pre-vote-cast',
      'transfer-started',
      'transfer-refused',
      'configuration-changed',
      'entries-truncated',
    ];
    const seen = new Map(kinds.map((kind) => [kind, 0]));
    const exercised = new Map(invariantNames.map((name) => [name, 0]));
    fc.assert(
      fc.property(anyRun(), (run) => {
        const { watch, look } = watchOver(run.config);
        const events = playRun(run);
        for (const { event } of events) if (seen.has(event.type)) seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
        look({ takeEvents: () => events });
        for (const name of invariantNames) exercised.set(name, (exercised.get(name) ?? 0) + watch.exercised(name));
      }),
      { numRuns: 500 },
    );
    for (const [kind, count] of seen) expect(count, kind).toBeGreaterThan(5);
    for (const [name, count] of exercised) expect(count, name).toBeGreaterThan(400);
  });

  it('fold into exactly what each running node says of itself, at every step', { timeout: 60_000 }, () => {
    let compared = 0;
    fc.assert(
      fc.property(anyRun(), (run) => {
        let view = initialView(run.config);
        watch(run, (simulator) => {
          view = fold(view, simulator.takeEvents());
          for (const [id, host] of simulator.nodes) {
            const node = view.nodes[id];
            if (node === undefined) throw new Error(`${id} is not in the view`);
            const folded = foldedPortrait(node);
            const own = selfPortrait(host, simulator.world.nodes);
            // The quick comparison decides; the slow one only says where they differ.
            if (!isDeepStrictEqual(folded, own)) expect(folded).toEqual(own);
            compared += 1;
          }
          if (!isDeepStrictEqual(view.world, simulator.world)) expect(view.world).toEqual(simulator.world);
        });
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(10_000);
  });

  it('give the same timeline, event for event, when they are played again', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyRun(), (run) => {
        expect(playRun(run)).toEqual(playRun(run));
      }),
      { numRuns: 100 },
    );
  });

  it('give the same timeline however far each stretch goes', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyRun(), fc.integer({ min: 1, max: 50_000 }), (run, strideUs) => {
        const simulator = new Simulator({ seed: run.seed, config: run.config });
        const advance = (untilUs: number): void => {
          while (simulator.nowUs < untilUs) simulator.advance(Math.min(untilUs, simulator.nowUs + strideUs));
        };
        for (const { atUs, action } of run.actions) {
          advance(atUs);
          simulator.act(action);
        }
        advance(run.untilUs);
        expect(simulator.takeEvents()).toEqual(playRun(run));
      }),
      { numRuns: 40 },
    );
  });
});
