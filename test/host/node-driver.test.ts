import { expect, it } from 'vitest';
import { NodeDriver, type DriverPorts } from '../../src/host/node-driver.ts';
import { StorageError } from '../../src/host/ports.ts';
import { raftConfigOf } from '../../src/host/raft-config.ts';
import type { JoinedWrite } from '../../src/host/write-queue.ts';
import type { ClientRequest } from '../../src/kv/client-message.ts';
import type { ActorId, LinkMessage } from '../../src/timeline/event.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';

const nothing = { term: 0, votedFor: undefined, entries: [], atUs: -1 } as const;

/** n1 of three, with all that it asks of its surroundings written down. */
function drivenNode(): {
  readonly driver: NodeDriver;
  readonly sent: { to: ActorId; message: LinkMessage }[];
  readonly writes: JoinedWrite[];
} {
  const sent: { to: ActorId; message: LinkMessage }[] = [];
  const writes: JoinedWrite[] = [];
  const ports: DriverPorts = {
    reading: (nowUs) => nowUs,
    emit: () => undefined,
    send: (_nowUs, to, message) => sent.push({ to, message }),
    startWrite: (_nowUs, write) => writes.push(write),
  };
  const raft = raftConfigOf('n1', { ...defaultRunConfig, nodes: 3 });
  const driver = new NodeDriver({ raft, seed: 1, nowUs: 0, recovered: nothing, store: {}, forwarding: false }, ports);
  return { driver, sent, writes };
}

function elect(driver: NodeDriver): void {
  driver.handle(1, [{ type: 'time-out-now' }]);
  driver.written(2);
  driver.handle(3, [{ type: 'received', from: 'n2', message: { type: 'request-vote-reply', term: 1, granted: true } }]);
  driver.written(4);
}

function write(sequence: number): ClientRequest {
  const operation = { type: 'set', key: 'x', value: String(sequence) } as const;
  const command = { client: 'c1', sequence, firstUnanswered: 1, operation };
  return { type: 'client-request', requestId: `c1 ${sequence}`, command };
}

it('many proposals in one turn are one write, and one append for each peer', () => {
  const { driver, sent, writes } = drivenNode();
  elect(driver);
  sent.length = 0;
  writes.length = 0;
  const proposals = Array.from({ length: 50 }, (_, position) => write(position + 1));
  driver.handle(
    5,
    proposals.map((message) => ({ type: 'received', from: 'c1', message }) as const),
  );
  expect(writes.map(({ entries }) => entries.length)).toEqual([50]);
  expect(sent.map(({ to, message }) => [to, message.type])).toEqual([
    ['n2', 'append-entries'],
    ['n3', 'append-entries'],
  ]);
});

it('each of the proposals of one turn is answered for itself', () => {
  const { driver, sent } = drivenNode();
  elect(driver);
  driver.handle(5, [
    { type: 'received', from: 'c1', message: write(1) },
    { type: 'received', from: 'c2', message: { ...write(1), requestId: 'c2 1' } },
  ]);
  driver.written(6);
  sent.length = 0;
  const reply = { type: 'append-entries-reply', term: 1, success: true, matchIndex: 3 } as const;
  const message = { ...reply, prevLogIndex: 1, conflictIndex: 0, conflictTerm: undefined };
  driver.handle(7, [{ type: 'received', from: 'n2', message }]);
  const answers = sent.filter(({ message: { type } }) => type === 'client-reply');
  expect(answers.map(({ to }) => to)).toEqual(['c1', 'c2']);
  expect(answers).toMatchObject([
    { message: { requestId: 'c1 1', outcome: { type: 'applied', index: 2 } } },
    { message: { requestId: 'c2 1', outcome: { type: 'applied', index: 3 } } },
  ]);
});

it('what gathers while a write is under way goes into the next one', () => {
  const { driver, writes } = drivenNode();
  elect(driver);
  writes.length = 0;
  for (const sequence of [1, 2, 3]) {
    driver.handle(4 + sequence, [{ type: 'received', from: 'c1', message: write(sequence) }]);
  }
  expect(writes.map(({ entries }) => entries.length)).toEqual([1]);
  driver.written(8);
  expect(writes.map(({ entries }) => entries.length)).toEqual([1, 2]);
});

it('a disk that failed is not asked again, and the driver says why it stopped', () => {
  const { driver, writes } = drivenNode();
  driver.handle(1, [{ type: 'time-out-now' }]);
  driver.fail(2, new Error('the cable fell out'));
  expect(writes).toHaveLength(1);
  expect(driver.failure?.error).toBeInstanceOf(StorageError);
  expect(driver.failure).toMatchObject({ atUs: 2, error: { reason: 'failed' } });
  expect(driver.failure?.error.message).toContain('the cable fell out');
});
