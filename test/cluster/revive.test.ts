import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviveCluster } from '../../src/cluster/revive.ts';
import type { SavedRun } from '../../src/cluster/run-journal.ts';
import { SimulatedEngine } from '../../src/cluster/simulated-engine.ts';
import { NodeHost } from '../../src/host/node-host.ts';
import type { Recovered } from '../../src/host/ports.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { Run } from '../../src/timeline/run.ts';
import { changeWorld, initialWorld, smallestLatencyUs, type World } from '../../src/timeline/world.ts';
import { anyRun } from '../support/random-run.ts';

/** A page that went away in the middle of a window: how far the clock had come for all, and what each disk held. */
interface Wreck {
  readonly run: Run;
  readonly disks: ReadonlyMap<NodeId, Recovered>;
}

/**
 * Plays the run up to a moment and lets a window begin there. In it the nodes do not reach each other, so the page may
 * leave each of them behind after any of the writes that it does in it.
 */
function wreck(run: Run, share: number, choose: (choices: number) => number): Wreck {
  const startUs = Math.round(run.untilUs * share);
  const actions = run.actions.filter(({ atUs }) => atUs <= startUs);
  const writes = new Map<NodeId, Recovered[]>();
  let inWindow = false;
  const simulator = new Simulator({
    seed: run.seed,
    config: run.config,
    afterStep: ({ disks, nodes }) => {
      for (const [node, disk] of disks) {
        // Where nobody runs, nothing is written; what is damaged there is another matter.
        if (!nodes.has(node)) continue;
        const held = disk.load();
        const known = writes.get(node) ?? [];
        const last = known.at(-1);
        const same = last?.atUs === held.atUs && last.entries.length === held.entries.length && last.term === held.term;
        if (same) continue;
        writes.set(node, inWindow ? [...known, held] : [held]);
      }
    },
  });
  for (const { atUs, action } of actions) {
    simulator.advance(atUs);
    simulator.act(action);
  }
  simulator.advance(startUs);
  inWindow = true;
  simulator.advance(startUs + smallestLatencyUs(simulator.world));
  const disks = new Map([...writes].map(([node, held]) => [node, held[choose(held.length)] ?? never()]));
  // The clock that the page had saved lags behind, but never behind the last action.
  const lastUs = actions.at(-1)?.atUs ?? 0;
  const untilUs = lastUs + Math.floor(((startUs - lastUs) * choose(101)) / 100);
  return { run: { ...run, actions, untilUs }, disks };
}

/** What the nodes say when they start from those disks. */
function starts(run: Run, world: World, nowUs: number, disks: ReadonlyMap<NodeId, Recovered>): TimelineEvent[] {
  const events: TimelineEvent[] = [];
  for (const [id, recovered] of disks) {
    if (world.machines[id]?.status === 'down') continue;
    const storage = { load: () => recovered, write: () => undefined, close: () => undefined };
    const emit = (event: TimelineEvent): number => events.push(event);
    const { config, seed } = run;
    void new NodeHost({ id, config, seed, world, nowUs, storage, recovered, deliver: () => undefined, emit });
  }
  return events;
}

/** The same run with all requests several times at once, on links that keep time exactly and on disks that take none. */
function atOneMoment(run: Run): Run {
  const latency = { meanMs: 20, spreadMs: 0 };
  const config = { ...run.config, network: { ...run.config.network, latency }, disk: { meanMs: 0, spreadMs: 0 } };
  const actions = run.actions.flatMap(({ atUs, action }, place): TimedAction[] => {
    if (action.type === 'set-disk' || action.type === 'set-links') return [];
    if (action.type !== 'request') return [{ atUs, action }];
    return ['a', 'b', 'c'].map((copy) => ({ atUs, action: { ...action, requestId: `${place}${copy}` } }));
  });
  return { ...run, config, actions };
}

function asSaved(run: Run): SavedRun {
  return { cluster: 'one', run, marks: new Map(), recording: undefined };
}

function never(): never {
  throw new Error('There is nothing to choose from.');
}

const quiet = (): void => undefined;

describe('After a power failure', () => {
  it('the run says of every disk exactly what is on it, whatever the moment', { timeout: 60_000 }, async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(anyRun(16), anyRun(16).map(atOneMoment)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.infiniteStream(fc.nat(0xffff)),
        async (run, share, stream) => {
          const choose = (choices: number): number => (stream.next().value ?? 0) % choices;
          const { run: saved, disks } = wreck(run, share, choose);
          const lastWrites = new Map([...disks].map(([node, { atUs }]) => [node, atUs]));
          const engine = new SimulatedEngine(new Simulator({ seed: saved.seed, config: saved.config }));
          const revival = await reviveCluster(asSaved(saved), lastWrites, () => engine, quiet);
          const world = revival.actions.reduce(
            (before, { atUs, action }) => changeWorld(before, action, atUs),
            initialWorld(saved.config),
          );
          const nowUs = revival.actions.at(-1)?.atUs ?? 0;
          const { returning } = revival;
          const real = returning === undefined ? [] : starts(saved, changeWorld(world, returning, nowUs), nowUs, disks);
          expect(revival.verify(real)).toBeUndefined();
          compared += real.length;
        },
      ),
      { numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it('all come back who lost it when the page went away once more, be it that a disk failed its node in between', async () => {
    const actions: TimedAction[] = [
      { atUs: 900_000, action: { type: 'set-disk', nodes: ['n2'], writes: 'full' } },
      { atUs: 1_000_000, action: { type: 'power-failure', nodes: ['n1'], clients: false } },
      { atUs: 1_000_001, action: { type: 'crash', node: 'n2', reason: 'Its disk is full.' } },
      { atUs: 1_000_002, action: { type: 'power-failure', nodes: ['n3'], clients: true } },
    ];
    const config = { ...defaultRunConfig, nodes: 3 };
    const run: Run = { format: 'whitewater-run', version: 1, seed: 1, config, actions, untilUs: 1_000_002 };
    const engine = new SimulatedEngine(new Simulator({ seed: run.seed, config }));
    const { returning } = await reviveCluster(asSaved(run), new Map(), () => engine, quiet);
    expect(returning).toEqual({ type: 'power-return', nodes: ['n1', 'n3'] });
  });
});
