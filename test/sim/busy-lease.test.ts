import { expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import { defaultRunConfig, leasesToSee } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';

it('thesis 6.4.1 a leader that has something to send all the time renews its lease as one that is idle does', () => {
  // Less than a heartbeat apart, so that one would never be due if appends put it off.
  const writes = Array.from({ length: 150 }, (_, place): TimedAction => ({
    atUs: 500_000 + place * 20_000,
    action: {
      type: 'request',
      client: 'c1',
      requestId: `r${place}`,
      operation: { type: 'set', key: 'x', value: String(place) },
    },
  }));
  const config = { ...defaultRunConfig, nodes: 3, leases: leasesToSee };
  const events = playRun({
    format: 'whitewater-run',
    version: RUN_VERSION,
    seed: 1,
    config,
    actions: writes,
    untilUs: 4_000_000,
  });
  const all = (type: string) => events.filter(({ event }) => event.type === type);
  expect(all('became-leader')).toHaveLength(1);
  expect(all('lease-extended').length).toBeGreaterThan(3_000 / config.heartbeatMs);
  expect(all('request-ended')).toHaveLength(writes.length);
});
