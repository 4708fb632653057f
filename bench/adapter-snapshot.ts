import * as v from 'valibot';
import { SocketClient } from '../src/adapter/client/socket-client.ts';
import { leaderOf, withCluster, type BenchCluster } from './adapter-cluster.ts';
import type { Report } from './report.ts';

const KEYS = 100_000;
const VALUE = 'v'.repeat(256);
/** How many writes wait for their answers at once while the store is filled. */
const AT_ONCE = 2_000;
/** The least election timeout of `whitewater cluster`, milliseconds: whoever keeps silent for longer may lose its lead. */
const LIMIT_MS = 300;
/** How long the writes of the one client are watched after the store was filled: nodes take a snapshot of their own then. Milliseconds. */
const CALM_MS = 3_000;

const statusSchema = v.object({
  term: v.number(),
  commitIndex: v.number(),
  lastApplied: v.number(),
  snapshot: v.optional(v.object({ index: v.number(), bytes: v.number() })),
});

/**
 * A store of 100,000 keys is put into a snapshot, and then given to a follower that missed them all: how long one client,
 * which writes one key after the other, waits at most.
 */
export function benchSnapshot(report: Report): Promise<void> {
  return withCluster(3, async (cluster) => {
    const leader = await leaderOf(cluster);
    const url = cluster.urls.get(leader) ?? '';
    const [follower = ''] = [...cluster.urls.keys()].filter((node) => node !== leader);
    const processes = async (what: string): Promise<void> => {
      await fetch(`${url}/processes/${follower}/${what}`, { method: 'POST' });
    };
    await processes('kill');
    await fill(cluster);
    const { term, commitIndex } = await statusOf(url);
    const tell = async (what: string, until: () => Promise<boolean>): Promise<void> => {
      const begunMs = performance.now();
      const longestMs = await longestWait(cluster, until);
      report(`${what}, took`, Math.round(performance.now() - begunMs), 'ms');
      report(`${what}, longest wait of a write`, Math.round(longestMs), 'ms');
      report(`${what}, longest wait to ${LIMIT_MS} ms`, Number((longestMs / LIMIT_MS).toFixed(2)), 'times');
    };
    const calmUntilMs = performance.now() + CALM_MS;
    await tell('just after 100,000 keys', async () => performance.now() > calmUntilMs);
    await fetch(`${url}/snapshot`, { method: 'POST' });
    await tell('snapshot of 100,000 keys', async () => ((await statusOf(url)).snapshot?.index ?? 0) >= commitIndex);
    const { snapshot } = await statusOf(url);
    report('that snapshot', Number(((snapshot?.bytes ?? 0) / 1e6).toFixed(1)), 'MB');
    await processes('revive');
    await tell('snapshot given to a follower, and applied', async () => {
      const status = await statusOf(cluster.urls.get(follower) ?? '').catch(() => undefined);
      return status?.snapshot !== undefined && status.lastApplied >= commitIndex;
    });
    report('elections meanwhile', (await statusOf(url)).term - term, 'elections');
  });
}

async function statusOf(url: string): Promise<v.InferOutput<typeof statusSchema>> {
  return v.parse(statusSchema, await (await fetch(`${url}/status`)).json());
}

async function fill({ urls }: BenchCluster): Promise<void> {
  const client = new SocketClient({ nodes: urls, attemptTimeoutMs: 10_000, deadlineMs: 60_000 });
  for (let from = 0; from < KEYS; from += AT_ONCE) {
    const keys = Array.from({ length: AT_ONCE }, (_, at) => `key-${from + at}`);
    const fates = await Promise.all(keys.map((key) => client.submit({ type: 'set', key, value: VALUE })));
    const missed = fates.find(({ type }) => type !== 'committed');
    if (missed !== undefined) throw new Error(`A write ended as ${missed.type}.`);
  }
  client.close();
}

/** Writes one key after the other until that is so; gives the longest wait for an answer, milliseconds. */
async function longestWait({ urls }: BenchCluster, until: () => Promise<boolean>): Promise<number> {
  const client = new SocketClient({ nodes: urls });
  const over = new AbortController();
  let longestMs = 0;
  const writing = (async () => {
    while (!over.signal.aborted) {
      const begunMs = performance.now();
      await client.submit({ type: 'set', key: 'key-0', value: VALUE });
      longestMs = Math.max(longestMs, performance.now() - begunMs);
    }
  })();
  while (!(await until())) await new Promise((resolve) => setTimeout(resolve, 20));
  over.abort();
  await writing;
  client.close();
  return longestMs;
}
