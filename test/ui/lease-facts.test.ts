import { expect, it } from 'vitest';
import { Simulator } from '../../src/sim/simulator.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig, leasesToSee } from '../../src/timeline/run-config.ts';
import { leaseFacts } from '../../src/ui/stage/lease-facts.ts';

const config = { ...defaultRunConfig, nodes: 3, leases: leasesToSee };

it("says how long a leader's lease is, how long a follower believes it to be, and how a clock drifts", () => {
  const simulator = new Simulator({ seed: 4, config });
  simulator.act({ type: 'time-out-now', node: 'n1' });
  simulator.advance(400_000);
  simulator.act({ type: 'set-clock', nodes: ['n2'], driftPpm: -20_000 });
  const view = fold(initialView(config), simulator.takeEvents());
  const factsOf = (id: string, nowUs = simulator.nowUs): readonly string[] => {
    const node = view.nodes[id];
    if (node === undefined) throw new Error(`There is no ${id}.`);
    return leaseFacts(node, view.world.machines[id], nowUs);
  };
  expect(factsOf('n1')).toEqual([
    expect.stringMatching(/^Its lease: \d+ ms left; until then it answers reads by itself/),
  ]);
  expect(factsOf('n2')).toEqual([
    expect.stringMatching(/^As far as it knows, n1 may hold a lease for \d+ ms\.$/),
    'Its clock runs 2 % slow.',
  ]);
  expect(factsOf('n1', simulator.nowUs + 1_000_000)).toEqual([]);
  expect(factsOf('n2', simulator.nowUs + 1_000_000)).toEqual(['Its clock runs 2 % slow, and is 20 ms behind.']);
});
