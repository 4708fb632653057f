import { leaderOf, withCluster, type BenchCluster } from './adapter-cluster.ts';
import type { Report } from './report.ts';

/** Milliseconds, from the shortest that there is. Where a machine is busy, no leader is heard in time with that one, and none stays. */
const TIMEOUTS = ['1-5', '12-25', '150-300', '300-500'];
/** How long a write may take until it counts as one that nobody takes, milliseconds. */
const PATIENCE_MS = 10_000;

/** From the death of a leader until another one has taken a write. */
export async function benchFailover(report: Report, kills: number): Promise<void> {
  for (const timeouts of TIMEOUTS) {
    const times: number[] = [];
    const work = async (cluster: BenchCluster): Promise<void> => {
      for (let round = 0; round < kills; round++) {
        const tookMs = await failover(cluster, round);
        if (tookMs !== undefined) times.push(tookMs);
      }
    };
    const name = `failover at ${timeouts} ms`;
    try {
      await withCluster(3, work, [`--election-timeout=${timeouts}`]);
    } catch (error) {
      console.error(`  ${name}: ${String(error)}`);
    }
    report(`${name}, writes taken within 10 s, of ${kills}`, times.length, 'times');
    times.sort((one, another) => one - another);
    const [median, worst] = [times[Math.floor(times.length / 2)], times.at(-1)];
    if (median !== undefined) report(`${name}, median of ${times.length}`, Math.round(median), 'ms');
    if (worst !== undefined) report(`${name}, worst`, Math.round(worst), 'ms');
  }
}

/** Undefined where no write was taken for too long. */
async function failover(cluster: BenchCluster, round: number): Promise<number | undefined> {
  const leader = await leaderOf(cluster);
  const [, other = ''] = [...cluster.urls].find(([node]) => node !== leader) ?? [];
  const write = async (key: string): Promise<boolean> => {
    const untilMs = performance.now() + PATIENCE_MS;
    while (performance.now() < untilMs) {
      const { status } = await fetch(`${other}/kv/${key}`, { method: 'PUT', body: String(round) });
      if (status === 204) return true;
    }
    return false;
  };
  const wasTaken = await write('before');
  const begunMs = performance.now();
  await fetch(`${other}/processes/${leader}/kill`, { method: 'POST' });
  const isTaken = await write('after');
  const tookMs = performance.now() - begunMs;
  await fetch(`${other}/processes/${leader}/revive`, { method: 'POST' });
  return wasTaken && isTaken ? tookMs : undefined;
}
