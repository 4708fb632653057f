import { expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import { OneNode, refusal, success } from './one-node.ts';

// Each entry counts 84 bytes and what it takes beside its command: 100. The no-op counts 16.
const config: Partial<RaftConfig> = { sizeOf: () => 84, maxUncommittedBytes: 216 };

test('past maxUncommittedBytes a leader refuses and says what the limit is, until something is committed', () => {
  const one = new OneNode({ config }).lead().propose(1, 2, 3);
  expect(one.all('proposal-accepted')).toHaveLength(2);
  expect(one.only('proposal-refused')).toEqual({
    type: 'proposal-refused',
    proposalId: 3,
    reason: 'too-many-pending',
    leader: 'n1',
    limit: { unit: 'bytes', most: 216 },
  });
  one.flush().receive('n2', success(1, 2)).propose(4, 5, 6);
  expect(one.all('proposal-accepted')).toMatchObject([{ proposalId: 4 }, { proposalId: 5 }]);
  expect(one.only('proposal-refused')).toMatchObject({ proposalId: 6 });
});

test('while nothing waits, one proposal is taken, however large it is', () => {
  const one = new OneNode({ config: { ...config, maxUncommittedBytes: 1 } }).lead().flush();
  one.propose(1);
  expect(one.only('proposal-refused')).toMatchObject({ limit: { unit: 'bytes', most: 1 } });
  one.receive('n2', success(1, 1)).propose(2);
  expect(one.only('proposal-accepted')).toMatchObject({ index: 2 });
});

test('a new lead counts what stood uncommitted in its log, whoever proposed it, and so does a node that goes on from its saved state', () => {
  const one = new OneNode({ config }).lead().propose(1).flush();
  one
    .receive('n2', refusal(5, 0, 0))
    .timeOut()
    .flush();
  one.receive('n2', { type: 'request-vote-reply', term: 6, granted: true });
  // No-op, 100 bytes, no-op: 132, and one more fits.
  const twin = RaftNode.restore(one.config, one.node.save());
  one.propose(2, 3);
  expect(one.all('proposal-accepted')).toHaveLength(1);
  const effects = twin.step(one.nowUs, [
    { type: 'propose', proposalId: 2, command: 'p2' },
    { type: 'propose', proposalId: 3, command: 'p3' },
  ]);
  expect(effects).toEqual(one.effects);
});

test('where nobody says how large a command is, only their number counts', () => {
  const one = new OneNode({ config: { maxUncommittedBytes: 1, maxUncommittedEntries: 5 } })
    .lead()
    .propose(1, 2, 3, 4, 5);
  expect(one.all('proposal-accepted')).toHaveLength(4);
  expect(one.only('proposal-refused')).toMatchObject({ limit: { unit: 'entries', most: 5 } });
});
