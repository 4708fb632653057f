import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterStatus, NodeStatus } from '../../../src/cluster/cluster-control.ts';
import type { MemberFactory, PageMember } from '../../../src/cluster/remote/member-factory.ts';
import type { TabMemberPorts } from '../../../src/cluster/remote/tab-member.ts';
import { openMemoryStorage } from '../../../src/storage/memory-storage.ts';
import type { RunConfig } from '../../../src/timeline/run-config.ts';
import { MemberHome } from '../../../workers/member-home.ts';
import { seen } from '../../support/seen.ts';
import { AttachedNodes } from './attached-nodes.ts';

/** Nodes as they live in tabs, without the tab and its worker, on a disk in memory. */
const inMemory: MemberFactory = {
  remembered: () => undefined,
  async start(node: string, cluster: string, config: RunConfig, ports: TabMemberPorts): Promise<PageMember> {
    const storage = await openMemoryStorage({ cluster, node });
    const start = { type: 'start', node, cluster, database: '', config, hasBegun: false } as const;
    const home = await MemberHome.start(start, storage, await storage.load(false), (message) => {
      if (message.type === 'send') ports.onSend(message.envelope);
      else if (message.type === 'events') ports.onEvents(message.events);
      else if (message.type === 'failed') ports.onFailure(message.sentence);
    });
    return {
      node,
      receive: (envelope) => home.receive(envelope),
      portray: () => home.portray(),
      stop: () => home.stop(),
      forget: () => home.stop(),
    };
  },
};

describe('A node in a page', () => {
  const nodes = new AttachedNodes(['n1', 'n2', 'n3']);
  afterEach(() => nodes.end());

  const nodeOf = (now: ClusterStatus, id: string): NodeStatus | undefined => now.nodes.find((node) => node.id === id);

  it(
    'is seen by other pages as it is: those that were there, and those that come later',
    { timeout: 30_000 },
    async () => {
      await nodes.begin();
      const own = await nodes.attach('n1', undefined, { members: inMemory });
      const other = await nodes.attach('n2');
      await seen(own, 'somebody leads', ({ leader }) => leader !== undefined);
      await own.set('x', '1');
      const node = await own.join(true);
      const holds =
        (value: string) =>
        (now: ClusterStatus): boolean => {
          const known = nodeOf(now, node);
          return known?.membership === 'voter' && known.store['x'] === value && known.term === now.term;
        };
      await seen(other, 'it holds what was there', holds('1'));
      await own.set('x', '2');
      await seen(other, 'it holds what came later', holds('2'));
      const late = await nodes.attach('n3');
      const there = await seen(late, 'it is shown to a page that came later', holds('2'));
      expect(there.clock.real?.nodes.find(({ id }) => id === node)?.isConnected).toBe(true);
      // The node by way of which it is told of ends: another takes its place.
      const through = [...nodes.servers.keys()].find((id) => id === 'n1') ?? '';
      await nodes.stop(through);
      await seen(late, 'somebody leads who is there', ({ leader }) => leader !== undefined && leader !== through);
      await late.set('x', '3');
      await seen(other, 'it is still shown', holds('3'));
      await own.dispose();
      for (const page of [other, late]) {
        const without = await seen(page, 'its page is gone', (now) => nodeOf(now, node)?.status === 'down');
        expect(nodeOf(without, node)?.failure).toBe(`The tab in which ${node} lives is closed.`);
      }
      const last = await nodes.attach('n2');
      await seen(last, 'whoever comes later knows it, too', (now) => nodeOf(now, node)?.status === 'down');
    },
  );
});
