import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterNode } from '../../../src/adapter/node/cluster-node.ts';
import type { ClientReply, ClientRequest } from '../../../src/kv/client-message.ts';
import { eventually } from '../../support/eventually.ts';
import { ListeningNodes } from './listening-nodes.ts';

let count = 0;

function write(key: string, value: string): ClientRequest {
  count += 1;
  const operation = { type: 'set', key, value } as const;
  const command = { client: `test ${process.pid} ${count}`, sequence: 1, firstUnanswered: 1, operation };
  return { type: 'client-request', requestId: `${count}`, command };
}

function ask(node: ClusterNode, request: ClientRequest): Promise<ClientReply['outcome']> {
  return new Promise((resolve) => node.ask(request, resolve));
}

let cluster: ListeningNodes;
afterEach(() => cluster.end());

describe('three nodes on loopback', () => {
  it('elect a leader, and put on three disks what any of them is asked for', async () => {
    cluster = new ListeningNodes(['n1', 'n2', 'n3']);
    await cluster.begin();
    await eventually('a leader that all know', () => {
      const leader = cluster.leader();
      return leader && [...cluster.nodes.values()].every(({ core }) => core.leader === leader.id) ? leader : undefined;
    });
    for (const node of cluster.nodes.values()) {
      expect(await ask(node, write(node.id, 'told'))).toMatchObject({ type: 'applied', result: { value: 'told' } });
    }
    await eventually('three stores that hold it', () =>
      [...cluster.nodes.values()].every(({ store }) => store.size === 3) ? true : undefined,
    );
  });
});
