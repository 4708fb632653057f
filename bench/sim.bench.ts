import { InvariantWatch } from '../src/check/invariants/invariant-watch.ts';
import { LinearizabilityWatch } from '../src/check/linearizability/linearizability-watch.ts';
import type { Operation } from '../src/kv/command.ts';
import { Simulator } from '../src/sim/simulator.ts';
import { defaultRunConfig } from '../src/timeline/run-config.ts';

/** Virtual seconds of an idle cluster with a leader, in each round. */
const SECONDS = 1_000;
const ROUNDS = 4;

/** TigerBeetle's simulator, VOPR, says of itself that it plays 700 times as fast as real time. */
const VOPR_SPEED = 700;
/** Between two requests of the clients, virtual microseconds. */
const REQUEST_EVERY_US = 100_000;
const KEYS = 8;
const CLIENTS = 3;

/** How fast the simulator plays a cluster that has nothing to do but heartbeats: what a reloaded page waits for. */
export function run(report: (name: string, value: number, unit: string) => void): void {
  for (const nodes of [3, 5, 9]) {
    const speeds = Array.from({ length: ROUNDS }, (_, round) => {
      const simulator = new Simulator({ seed: round + 1, config: { ...defaultRunConfig, nodes } });
      const begun = performance.now();
      for (let second = 1; second <= SECONDS; second += 1) {
        simulator.advance(second * 1_000_000);
        simulator.takeEvents();
      }
      return (SECONDS * 1_000) / (performance.now() - begun);
    });
    report(`${nodes} nodes`, Math.max(...speeds), 'times real time');
  }
  const watched = Math.max(...Array.from({ length: ROUNDS }, (_, round) => watchedSpeed(round + 1)));
  report('5 nodes, clients, all checkers on', watched, 'times processor time');
  report('5 nodes, clients, all checkers on, against VOPR', watched / VOPR_SPEED, 'times VOPR');
}

/**
 * Five nodes with heartbeats of 50 ms that serve clients, every event seen by all invariants, and what the clients saw checked
 * each virtual second. Virtual time over the processor's, which others on the machine do not disturb.
 */
function watchedSpeed(seed: number): number {
  const config = { ...defaultRunConfig, nodes: 5, heartbeatMs: 50 };
  const begun = process.cpuUsage();
  const simulator = new Simulator({ seed, config });
  const invariants = new InvariantWatch(config);
  const linearizability = new LinearizabilityWatch();
  for (let request = 0; request * REQUEST_EVERY_US < SECONDS * 1_000_000; request += 1) {
    simulator.advance(request * REQUEST_EVERY_US);
    const client = `c${1 + (request % CLIENTS)}`;
    simulator.act({ type: 'request', client, requestId: `r${request}`, operation: operationOf(request) });
    for (const event of simulator.takeEvents()) {
      if (invariants.see(event) !== undefined) throw new Error(invariants.breach?.sentence);
      linearizability.see(event);
    }
    if (request % 10 === 0 && linearizability.verdict().type !== 'linearizable') throw new Error('Not linearizable.');
  }
  const { user, system } = process.cpuUsage(begun);
  return (SECONDS * 1_000_000) / (user + system);
}

function operationOf(request: number): Operation {
  const key = `k${request % KEYS}`;
  const value = String(request);
  const kind = Math.floor(request / KEYS) % 4;
  if (kind === 0) return { type: 'get', key };
  if (kind === 1) return { type: 'compare-and-set', key, expected: String(request - KEYS), value };
  return { type: 'set', key, value };
}
