import { describe, expect, it } from 'vitest';
import { isWorthForeseeing } from '../../src/cluster/foresight.ts';
import { ActionLedger } from '../../src/cluster/action-ledger.ts';
import { LiveRun } from '../../src/cluster/live-run.ts';
import { Replay } from '../../src/cluster/replay.ts';
import { SimulatedEngine } from '../../src/cluster/simulated-engine.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { Timeline } from '../../src/timeline/timeline.ts';

/** A run of so many nodes that stands at that moment, virtual seconds, with so many recorded actions to come. */
async function runAt(seconds: number, { nodes = 5, toCome = 0 } = {}): Promise<LiveRun> {
  const config = { ...defaultRunConfig, nodes };
  const engine = new SimulatedEngine(new Simulator({ seed: 1, config }));
  // An empty stretch costs the simulator nothing where nobody is up.
  await engine.act({ type: 'power-failure', nodes: engine.world.nodes, clients: true });
  await engine.advance(seconds * 1e6);
  const actions = Array.from({ length: toCome }, () => ({
    atUs: seconds * 1e6,
    action: { type: 'heal' as const, links: undefined },
  }));
  return new LiveRun({
    cluster: 'one',
    engine,
    ledger: new ActionLedger(1, config),
    timeline: new Timeline(config),
    replay: new Replay({ untilUs: seconds * 1e6, actions }),
    wallMs: () => 0,
    onShown: () => undefined,
    onFailure: () => undefined,
  });
}

describe('Whether a run is played ahead in the simulator', () => {
  it('depends on how far ahead it is, and on how much is to be done on the way', async () => {
    const run = await runAt(0);
    expect(isWorthForeseeing(run, 10e6)).toBe(false);
    expect(isWorthForeseeing(run, 120e6)).toBe(true);
    expect(isWorthForeseeing(await runAt(0, { toCome: 10_000 }), 10e6)).toBe(true);
  });

  it('depends on how much has been before, all of which has to be played again', async () => {
    const old = await runAt(36_000);
    expect(isWorthForeseeing(old, 37_000e6)).toBe(false);
    expect(isWorthForeseeing(old, 50_000e6)).toBe(true);
  });

  it('is less often so with more nodes, each of whose simulators does the work of all', async () => {
    expect(isWorthForeseeing(await runAt(1_000, { nodes: 5 }), 1_500e6)).toBe(true);
    expect(isWorthForeseeing(await runAt(1_000, { nodes: 25 }), 1_500e6)).toBe(false);
  });
});
