import type { RaftConfig } from '../src/raft/config.ts';
import type { Entry } from '../src/raft/entry.ts';
import { Cluster, MAX_PROPOSALS } from './core-cluster.ts';
import { filledStore, reportProposals } from './snapshot.bench.ts';
import type { Report } from './report.ts';

/** etcd's RawNode doing the same work on the same kind of machine, in microseconds a proposal, where it was measured. */
const cases: readonly { readonly members: number; readonly batch: number; readonly etcdUs?: number }[] = [
  { members: 3, batch: 1, etcdUs: 6.3 },
  { members: 3, batch: 64, etcdUs: 4 },
  { members: 5, batch: 1, etcdUs: 9.9 },
  { members: 5, batch: 64 },
];

/** It sends so many messages for each proposal that three nodes commit, even where 16 are queued together. */
const ETCD_MESSAGES = 8;

const PROPOSALS = 50_000;
const ROUNDS = 15;

/** Of the comparison of logs: how long they are before the first proposal. */
const SHORT_LOG = 1_000;
const LONG_LOG = 1_000_000;
const LOG_ROUNDS = 7;

/**
 * How long a node's core takes for a proposal, from the leader's log to being applied on every node: all nodes in one
 * thread, storage in memory, messages delivered by function call. The median of several rounds, each on a new cluster.
 */
export function run(report: Report): void {
  for (const { members, batch, etcdUs } of cases) {
    for (const pipelining of [true, false]) {
      const name = `${members} nodes, ${batch} at a time${pipelining ? '' : ', without pipelining'}`;
      playRound(members, batch, { pipelining });
      const rounds = Array.from({ length: ROUNDS }, () => playRound(members, batch, { pipelining }));
      const value = median(rounds.map(({ us }) => us));
      report(name, Number(value.toFixed(3)), 'us/proposal');
      const ratio = etcdUs === undefined ? '' : `, etcd ${etcdUs} us, ${(etcdUs / value).toFixed(1)} times as fast`;
      console.error(`  ${name}: ${value.toFixed(2)} us${ratio}`);
      if (!pipelining) continue;
      const messages = median(rounds.map((round) => round.messages));
      report(`${name}, messages`, Number(messages.toFixed(3)), 'messages/proposal');
      console.error(`  ${name}: ${messages.toFixed(3)} messages a proposal, etcd on three nodes ${ETCD_MESSAGES}`);
    }
  }
  compareLogs(report);
  reportProposals(filledStore(), report);
}

/** Microseconds and messages a proposal. Throws where a node did not apply exactly what was proposed, in order. */
function playRound(
  members: number,
  batch: number,
  config: Partial<RaftConfig>,
  log: readonly Entry[] = [],
): { readonly us: number; readonly messages: number } {
  const proposals = Math.min(PROPOSALS, MAX_PROPOSALS);
  const cluster = new Cluster(members, config, log);
  const leader = cluster.elect();
  // The first are not timed: with them the array of a log that nodes begin with grows, once, for long.
  cluster.propose(leader, 0, batch);
  cluster.deliverAll();
  const before = cluster.sent;
  const start = performance.now();
  for (let proposed = batch; proposed < proposals; proposed += batch) {
    cluster.propose(leader, proposed, Math.min(batch, proposals - proposed));
    cluster.deliverAll();
  }
  cluster.beat(leader);
  cluster.deliverAll();
  const elapsedMs = performance.now() - start;
  cluster.verify(proposals);
  const timed = proposals - batch;
  return { us: (elapsedMs * 1_000) / timed, messages: (cluster.sent - before) / timed };
}

/**
 * What a proposal costs behind a long log, against a short one: by turns, so that both have the same machine. And what an
 * entry takes in one node's log, its command shared.
 */
function compareLogs(report: Report): void {
  const long = logOf(LONG_LOG);
  const short = long.slice(0, SHORT_LOG);
  const figures: { readonly short: number; readonly long: number }[] = [];
  for (let round = 0; round < LOG_ROUNDS; round++) {
    figures.push({ short: playRound(3, 1, {}, short).us, long: playRound(3, 1, {}, long).us });
  }
  const [shortUs, longUs] = [median(figures.map((one) => one.short)), median(figures.map((one) => one.long))];
  const ratio = median(figures.map((one) => one.long / one.short));
  report('log of 1,000,000 against 1,000 entries', Number(ratio.toFixed(3)), 'times the cost of a proposal');
  console.error(`  behind 1,000 entries ${shortUs.toFixed(2)} us, behind 1,000,000 ${longUs.toFixed(2)} us`);
  report('memory of a log of 1,000,000 entries', bytesPerEntry(long), 'bytes/entry');
}

function logOf(length: number): Entry[] {
  return Array.from({ length }, (_, place): Entry => ({ type: 'no-op', index: place + 1, term: 1 }));
}

/** Three nodes hold the same entries, so what each adds is its own array. The entries themselves are counted once more. */
function bytesPerEntry(shared: readonly Entry[]): number {
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  const own = logOf(shared.length);
  const cluster = new Cluster(1, {}, own);
  cluster.elect();
  const after = heap();
  // Both are alive until here.
  if (own.length !== shared.length || cluster.sent > 0) throw new Error('One node alone sends nothing.');
  return Math.round((after - before) / shared.length);
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
