import { afterEach, describe, expect, it } from 'vitest';
import type { ClientRead, ClientReply, ClientRequest } from '../../../src/kv/client-message.ts';
import { eventually } from '../../support/eventually.ts';
import type { NodeProcess } from './node-process.ts';
import { ProcessCluster, processConfig } from './process-cluster.ts';

const PATIENCE_MS = 60_000;
const ids = ['n1', 'n2', 'n3'];

let cluster: ProcessCluster;
let count = 0;
afterEach(() => cluster.end());

async function begin(): Promise<void> {
  cluster = new ProcessCluster(ids, { config: { ...processConfig, leases: { durationMs: 100, driftPpm: 10_000 } } });
  await cluster.begin();
}

function ask(process: NodeProcess, message: ClientRequest | ClientRead): Promise<ClientReply['outcome']> {
  return new Promise((resolve) => {
    const listener = (from: string, { requestId, outcome }: ClientReply): void => {
      if (from !== process.id || requestId !== message.requestId) return;
      cluster.listeners.delete(listener);
      resolve(outcome);
    };
    cluster.listeners.add(listener);
    process.ask(message);
  });
}

function leaseRead(): ClientRead {
  count += 1;
  return { type: 'client-read', requestId: `read ${count}`, key: 'x', mode: 'lease', notBefore: 0 };
}

/** Writes it on whoever leads, but for that one, and gives who that was. */
async function written(value: string, except?: string): Promise<NodeProcess> {
  count += 1;
  const operation = { type: 'set', key: 'x', value } as const;
  const command = { client: `c${count}`, sequence: 1, firstUnanswered: 1, operation };
  const leader = await cluster.leader(except);
  const outcome = await ask(leader, { type: 'client-request', requestId: `write ${count}`, command });
  return outcome.type === 'applied' ? leader : written(value, except);
}

/** Waits until that one answers a read under a lease. */
function underLease(leader: NodeProcess): Promise<ClientReply['outcome']> {
  return eventually('a read under a lease', async () => {
    const outcome = await ask(leader, leaseRead());
    return outcome.type === 'read' && outcome.via === 'lease' ? outcome : undefined;
  });
}

describe('three processes whose leader holds leases', () => {
  it(
    'are told nothing old by a leader that stood still for longer than its lease',
    async () => {
      await begin();
      let leader = await written('old');
      for (let round = 0; round < 2; round++) {
        expect(await underLease(leader)).toMatchObject({ result: { type: 'ok' } });
        leader.signal('SIGSTOP');
        // It has the question when it goes on, before anything else can have told it of another leader.
        const answer = ask(leader, leaseRead());
        const next = await written(`new ${round}`, leader.id);
        leader.signal('SIGCONT');
        expect(await answer).toMatchObject({ type: 'not-leader' });
        leader = next;
      }
    },
    PATIENCE_MS,
  );

  it(
    'have none any more when the leader cannot renew its lease, and it answers no read',
    async () => {
      await begin();
      const leader = await written('old');
      await underLease(leader);
      const others = ids.filter((id) => id !== leader.id).map((id) => cluster.node(id));
      for (const other of others) other.signal('SIGSTOP');
      await eventually('it steps down', async () => ((await leader.status())?.role !== 'leader' ? true : undefined));
      expect(await ask(leader, leaseRead())).toMatchObject({ type: 'not-leader' });
      for (const other of others) other.signal('SIGCONT');
      await underLease(await written('new'));
    },
    PATIENCE_MS,
  );
});
