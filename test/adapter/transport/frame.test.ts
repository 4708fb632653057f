import { pack, unpack } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  encodeFrame,
  MAX_FRAME_MESSAGES,
  MAX_TOLD_NODES,
  type Frame,
} from '../../../src/adapter/transport/frame.ts';
import { MAX_REQUEST_ID_LENGTH } from '../../../src/host/link-message.ts';
import { MAX_ADDRESSES } from '../../../src/adapter/transport/node-address.ts';
import type { PeerEnvelope } from '../../../src/adapter/transport/peer-envelope.ts';
import type { ClientReply, ClientRequest } from '../../../src/kv/client-message.ts';
import type { LinkMessage } from '../../../src/timeline/event.ts';

const configuration = { voters: ['n1', 'n2'], outgoing: [], learners: ['n3'], leavesByItself: false };
const operation = { type: 'set', key: 'x', value: 'y' } as const;
const command = { client: 'c', sequence: 1, firstUnanswered: 1, operation };

const messages: readonly LinkMessage[] = [
  { type: 'request-vote', term: 2, lastLogIndex: 1, lastLogTerm: 1, transfer: true },
  { type: 'request-vote-reply', term: 2, granted: true },
  { type: 'pre-vote', term: 2, lastLogIndex: 0, lastLogTerm: 0 },
  { type: 'pre-vote-reply', term: 0, forTerm: 2, granted: false },
  { type: 'timeout-now', term: 2 },
  {
    type: 'append-entries',
    term: 2,
    prevLogIndex: 1,
    prevLogTerm: 1,
    leaderCommit: 1,
    round: 7,
    entries: [
      { type: 'no-op', index: 2, term: 2 },
      { type: 'configuration', index: 3, term: 2, configuration },
      { type: 'command', index: 4, term: 2, command },
    ],
  },
  {
    type: 'append-entries-reply',
    term: 2,
    success: false,
    matchIndex: 0,
    prevLogIndex: 1,
    conflictIndex: 1,
    conflictTerm: undefined,
  },
  {
    type: 'install-snapshot',
    term: 2,
    lastIndex: 1,
    lastTerm: 1,
    configuration,
    totalBytes: 3,
    offset: 0,
    data: Buffer.of(1, 2, 3),
    done: true,
  },
  { type: 'install-snapshot-reply', term: 2, lastIndex: 1, lastTerm: 1, offset: 0, nextOffset: 3, matchIndex: 1 },
  { type: 'read-index', term: 2, token: 5 },
  { type: 'read-index-reply', term: 2, token: 5, index: undefined },
  { type: 'client-request', requestId: 'r', command, forwardedFor: 'c1' },
  { type: 'client-request', requestId: 'r', command: { type: 'open-session', client: 'c' } },
  { type: 'client-read', requestId: 'r', key: 'x', mode: 'follower', notBefore: 0 },
  ...(
    [
      { type: 'applied', index: 4, result: { type: 'ok', value: undefined } },
      { type: 'applied', index: 4, result: { type: 'mismatch', actual: 'y' } },
      { type: 'applied', index: 4, result: { type: 'refused', message: 'No.' } },
      { type: 'read', index: 4, result: { type: 'ok', value: 'y' }, via: 'lease' },
      { type: 'behind', index: 4 },
      { type: 'not-leader', leader: 'n2' },
      { type: 'busy', limit: { unit: 'bytes', most: 9 } },
      { type: 'transferring' },
      { type: 'leadership-lost', leader: undefined },
    ] satisfies readonly ClientReply['outcome'][]
  ).map((outcome): ClientReply => ({ type: 'client-reply', requestId: 'r', outcome, answeredBy: 'n1' })),
];

const envelopeOf = (message: LinkMessage): PeerEnvelope => ({ messageId: 'n1.1.1', from: 'n1', to: 'n2', message });

/** A frame of one message that was changed on the way. */
function altered(message: LinkMessage, change: Readonly<Record<string, unknown>>): ReturnType<typeof decodeFrame> {
  const changed = { ...message, ...change };
  return decodeFrame(encodeFrame({ type: 'messages', envelopes: [envelopeOf(changed)] }));
}

describe('a frame', () => {
  it('comes back as it was, whatever messages it holds', () => {
    const frame: Frame = { type: 'messages', envelopes: messages.map(envelopeOf) };
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  });

  it('comes back as it was when it tells of other nodes', () => {
    const addresses = new Map([
      ['n2', ['localhost:4102']],
      ['n3', ['[::1]:4103', '10.1.0.3:4103']],
    ]);
    const frame: Frame = { type: 'acquaintances', addresses, carried: ['n9'] };
    expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    // As nodes have it that know of one address each: they take the first, and leave what stands behind it.
    expect(unpack(encodeFrame(frame))).toEqual([
      2,
      [
        ['n2', 'localhost:4102'],
        ['n3', '[::1]:4103', '10.1.0.3:4103'],
      ],
      ['n9'],
    ]);
  });

  it(`is refused where a node has no address, one that is none, or more than ${MAX_ADDRESSES}`, () => {
    const told = (addresses: readonly unknown[]): unknown => decodeFrame(pack([2, [['n2', ...addresses]], []]));
    const full = Array.from({ length: MAX_ADDRESSES }, (_, at) => `localhost:${4101 + at}`);
    expect(told(full)).not.toHaveProperty('problem');
    for (const addresses of [[], ['localhost'], ['localhost:4102', 7], [...full, 'localhost:4100']]) {
      expect(told(addresses), JSON.stringify(addresses)).toHaveProperty('problem');
    }
  });

  it('that is cut off anywhere is none', () => {
    const bytes = encodeFrame({ type: 'messages', envelopes: messages.map(envelopeOf) });
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeFrame(bytes.subarray(0, length)), `${length} bytes`).toHaveProperty('problem');
    }
  });

  it('is refused where a part of a message is not what belongs there', () => {
    const nonsense: readonly unknown[] = [null, -1, 0.5, 2 ** 60, '', {}, [], Number.NaN];
    for (const message of messages) {
      expect(altered(message, { type: 'no-such-type' })).toHaveProperty('problem');
      const parts = Object.keys(message).filter((name) => ['term', 'requestId', 'outcome', 'entries'].includes(name));
      for (const name of parts) {
        for (const value of nonsense) {
          if (name === 'entries' && Array.isArray(value)) continue;
          if (name === 'requestId' && value === 'r') continue;
          expect(
            altered(message, { [name]: value }),
            `${message.type}.${name}: ${JSON.stringify(value)}`,
          ).toHaveProperty('problem');
        }
      }
    }
  });

  it('is refused where a command, a name or a result is none', () => {
    const request: ClientRequest = { type: 'client-request', requestId: 'r', command };
    expect(altered(request, { command: { ...command, sequence: 0 } })).toHaveProperty('problem');
    expect(altered(request, { requestId: 'r'.repeat(MAX_REQUEST_ID_LENGTH + 1) })).toHaveProperty('problem');
    expect(altered(request, { forwardedFor: 7 })).toHaveProperty('problem');
    const reply: ClientReply = { type: 'client-reply', requestId: 'r', outcome: { type: 'transferring' } };
    expect(altered(reply, { outcome: { type: 'applied', index: 1, result: { type: 'ok', value: 7 } } })).toHaveProperty(
      'problem',
    );
    expect(altered(reply, { outcome: { type: 'busy', limit: { unit: 'miles', most: 3 } } })).toHaveProperty('problem');
  });

  it(`holds no more than ${MAX_FRAME_MESSAGES} messages, and tells of no more than ${MAX_TOLD_NODES} nodes`, () => {
    const one = envelopeOf({ type: 'timeout-now', term: 1 });
    const full = Array.from({ length: MAX_FRAME_MESSAGES }, () => one);
    expect(decodeFrame(encodeFrame({ type: 'messages', envelopes: full }))).not.toHaveProperty('problem');
    expect(decodeFrame(encodeFrame({ type: 'messages', envelopes: [...full, one] }))).toHaveProperty('problem');
    const many = new Map(Array.from({ length: MAX_TOLD_NODES + 1 }, (_, at) => [`n${at + 1}`, ['localhost:4100']]));
    expect(decodeFrame(encodeFrame({ type: 'acquaintances', addresses: many, carried: [] }))).toHaveProperty('problem');
  });

  it.each(['c1', 'n0', '__proto__', '', 'n1234567', 7])(
    'says from whom and for whom it is, and %j is nobody',
    (stranger) => {
      const one = envelopeOf({ type: 'timeout-now', term: 1 });
      for (const wrong of [{ from: stranger }, { to: stranger }]) {
        const envelope = { ...one, ...wrong } as PeerEnvelope;
        expect(decodeFrame(encodeFrame({ type: 'messages', envelopes: [envelope] }))).toHaveProperty('problem');
      }
    },
  );

  it('that claims to be longer than it is costs no memory', () => {
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 100; round++) {
      expect(decodeFrame(Uint8Array.of(0xdd, 0x7f, 0xff, 0xff, 0xff))).toHaveProperty('problem');
      expect(decodeFrame(Uint8Array.of(0xc6, 0x7f, 0xff, 0xff, 0xff))).toHaveProperty('problem');
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1_048_576);
  });
});
