import { MAX_VALUE_BYTES } from '../src/kv/command.ts';
import { KvStateMachine } from '../src/kv/state-machine.ts';
import { readSnapshot, SnapshotWriter } from '../src/kv/store-snapshot.ts';
import { Cluster } from './core-cluster.ts';
import type { Report } from './report.ts';

const KEYS = 100_000;
const ROUNDS = 15;
/** No window of a run is shorter than a link's smallest latency: what a node may stand still for. */
const WINDOW_MS = 12;

/**
 * How long a node stands still for a snapshot of 100,000 keys: to hold on to what the store holds, and then for each slice
 * between which it goes on with its work. And how long it takes to start from such a snapshot, which nobody waits for.
 */
export function run(report: Report): void {
  const store = filledStore();
  const rounds = Array.from({ length: ROUNDS }, () => takeSnapshot(store)).slice(1);
  // The best of several: what else the machine does in the midst of a slice is none of its own.
  const least = (of: (round: Round) => number): number => Math.min(...rounds.map(of));
  const begin = least(({ beginMs }) => beginMs);
  const longest = least(({ longestSliceMs }) => longestSliceMs);
  report('100,000 keys, held on to', Number(begin.toFixed(2)), 'ms');
  report('100,000 keys, longest slice', Number(longest.toFixed(2)), 'ms');
  report('100,000 keys, all slices', Number(least(({ allMs }) => allMs).toFixed(1)), 'ms');
  const { data } = rounds[0] ?? { data: new Uint8Array() };
  report('100,000 keys, length', data.length, 'bytes');
  reportProposals(store, report);
  const started = performance.now();
  const read = readSnapshot(data);
  if ('error' in read || read.saved.entries.length !== KEYS) throw new Error('The snapshot does not hold the store.');
  KvStateMachine.restore(read.saved);
  report('100,000 keys, restored', Number((performance.now() - started).toFixed(1)), 'ms');
  console.error(`  stands still at most ${Math.max(begin, longest).toFixed(2)} ms; a window has ${WINDOW_MS} ms`);
}

/**
 * Three nodes go on committing one proposal after the other, each applied to that store, while its snapshot is made a slice
 * at a time between them. How long the one waited that had to wait longest, the best of several rounds.
 */
export function reportProposals(store: KvStateMachine, report: Report): void {
  const waits = Array.from({ length: ROUNDS }, () => longestWaitMs(store));
  const longest = Math.min(...waits);
  report('snapshot of 100,000 keys, longest wait of a proposal meanwhile', Number(longest.toFixed(2)), 'ms');
  report('snapshot of 100,000 keys, that wait to a window', Number((longest / WINDOW_MS).toFixed(3)), 'ratio');
}

function longestWaitMs(store: KvStateMachine): number {
  const cluster = new Cluster(3);
  const leader = cluster.elect();
  let longest = 0;
  let writer: SnapshotWriter | undefined;
  for (let proposed = 0; ; proposed++) {
    const before = performance.now();
    writer ??= new SnapshotWriter(store.freeze());
    const done = writer.step() !== undefined;
    cluster.propose(leader, proposed, 1);
    cluster.deliverAll();
    const operation = { type: 'set', key: `key ${proposed + 1}`, value: `value ${proposed + 1}` } as const;
    const sequence = store.lastApplied + 1;
    const command = { client: 'c1', sequence, firstUnanswered: sequence, operation };
    store.apply({ type: 'command', index: sequence, term: 1, command });
    longest = Math.max(longest, performance.now() - before);
    if (done) return longest;
  }
}

interface Round {
  readonly beginMs: number;
  readonly longestSliceMs: number;
  readonly allMs: number;
  readonly data: Uint8Array;
}

function takeSnapshot(store: KvStateMachine): Round {
  const begun = performance.now();
  const writer = new SnapshotWriter(store.freeze());
  const beginMs = performance.now() - begun;
  let longestSliceMs = 0;
  for (;;) {
    const before = performance.now();
    const data = writer.step();
    const now = performance.now();
    longestSliceMs = Math.max(longestSliceMs, now - before);
    if (data !== undefined) return { beginMs, longestSliceMs, allMs: now - begun, data };
  }
}

/** A store of so many keys. */
export function filledStore(): KvStateMachine {
  const store = new KvStateMachine();
  for (let index = 1; index <= KEYS; index++) {
    // Some values are as long as they may be, most are short.
    const value = index % 20_000 === 0 ? 'x'.repeat(MAX_VALUE_BYTES) : `value ${index}`;
    const operation = { type: 'set', key: `key ${index}`, value } as const;
    const command = { client: 'c1', sequence: index, firstUnanswered: index, operation };
    store.apply({ type: 'command', index, term: 1, command });
  }
  return store;
}
