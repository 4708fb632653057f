import { describe, expect, it } from 'vitest';
import { MAX_FRAME_MESSAGES } from '../../../src/adapter/transport/frame.ts';
import type { PeerEnvelope } from '../../../src/adapter/transport/peer-envelope.ts';
import {
  FRAME_WEIGHT,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_MESSAGES,
  PeerQueue,
} from '../../../src/adapter/transport/peer-queue.ts';

const configuration = { voters: ['n1'], outgoing: [], learners: [], leavesByItself: false };

function word(number: number): PeerEnvelope {
  return { messageId: `n1.1.${number}`, from: 'n1', to: 'n2', message: { type: 'timeout-now', term: 1 } };
}

function chunk(number: number, bytes: number): PeerEnvelope {
  const data = new Uint8Array(bytes);
  const place = { lastIndex: 1, lastTerm: 1, configuration, totalBytes: 2 * bytes, offset: 0, done: false };
  return {
    messageId: `n1.1.${number}`,
    from: 'n1',
    to: 'n2',
    message: { type: 'install-snapshot', term: 1, ...place, data },
  };
}

const idsOf = (envelopes: readonly PeerEnvelope[]): readonly string[] => envelopes.map(({ messageId }) => messageId);

describe('what waits for a peer', () => {
  it('leaves in the order in which it came, but chunks of a snapshot only behind all else', () => {
    const queue = new PeerQueue();
    for (const one of [word(1), chunk(2, 10), word(3), chunk(4, 10)]) queue.add(one);
    expect(idsOf(queue.takeFrame(true))).toEqual(['n1.1.1', 'n1.1.3']);
    expect(queue.takeFrame(false)).toEqual([]);
    expect(idsOf(queue.takeFrame(true))).toEqual(['n1.1.2', 'n1.1.4']);
    expect(queue).toMatchObject({ size: 0, bytes: 0 });
  });

  it(`is no more than ${MAX_QUEUED_MESSAGES} messages: for one more the oldest makes room`, () => {
    const queue = new PeerQueue();
    for (let number = 1; number <= MAX_QUEUED_MESSAGES; number++) expect(queue.add(word(number))).toEqual([]);
    expect(idsOf(queue.add(word(MAX_QUEUED_MESSAGES + 1)))).toEqual(['n1.1.1']);
    expect(queue.size).toBe(MAX_QUEUED_MESSAGES);
  });

  it(`is no more than about ${MAX_QUEUED_BYTES} bytes, and chunks make room first`, () => {
    const queue = new PeerQueue();
    queue.add(word(1));
    let number = 1;
    let dropped: readonly string[] = [];
    while (dropped.length === 0) dropped = idsOf(queue.add(chunk(++number, 1_048_576)));
    expect(dropped).toEqual(['n1.1.2']);
    expect(queue.bytes).toBeLessThanOrEqual(MAX_QUEUED_BYTES);
  });

  it('goes into frames of bounded size, each of one message at least', () => {
    const queue = new PeerQueue();
    queue.add(chunk(1, 2 * FRAME_WEIGHT));
    queue.add(chunk(2, 10));
    expect(idsOf(queue.takeFrame(true))).toEqual(['n1.1.1']);
    expect(idsOf(queue.takeFrame(true))).toEqual(['n1.1.2']);
    for (let number = 0; number <= MAX_FRAME_MESSAGES; number++) queue.add(word(number));
    expect(queue.takeFrame(true)).toHaveLength(MAX_FRAME_MESSAGES);
    expect(queue.takeFrame(true)).toHaveLength(1);
  });
});
