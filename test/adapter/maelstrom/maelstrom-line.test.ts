import { describe, expect, it } from 'vitest';
import { bodyOf, MAX_LINE_LENGTH, messageOf, readLine } from '../../../src/adapter/maelstrom/maelstrom-line.ts';
import { configurationOf } from '../../../src/raft/configuration.ts';
import type { LinkMessage } from '../../../src/timeline/event.ts';

const line = { src: 'n0', dest: 'n1', body: { type: 'read', msg_id: 1, key: 5 } };

describe('A line of Maelstrom', () => {
  it('is read with all that its body says', () => {
    expect(readLine(JSON.stringify(line))).toEqual(line);
  });

  it.each(['', '{', 'null', '{"src":"n0","dest":"n1"}', '{"src":1,"dest":"n1","body":{"type":"x"}}', '[]'])(
    'that is no message (%s) is none',
    (text) => {
      expect(readLine(text)).toBeUndefined();
    },
  );

  it('may have so many characters and no more', () => {
    const text = JSON.stringify(line);
    expect(readLine(text.padEnd(MAX_LINE_LENGTH))).toEqual(line);
    expect(readLine(text.padEnd(MAX_LINE_LENGTH + 1))).toBeUndefined();
  });
});

describe('A message between nodes', () => {
  const messages: readonly LinkMessage[] = [
    { type: 'request-vote', term: 3, lastLogIndex: 5, lastLogTerm: 2 },
    {
      type: 'install-snapshot',
      term: 3,
      lastIndex: 9,
      lastTerm: 2,
      configuration: configurationOf(['n0', 'n1']),
      totalBytes: 4,
      offset: 0,
      data: new Uint8Array([0, 255, 7, 128]),
      done: true,
    },
    { type: 'client-reply', requestId: 'r1', forwardedFor: 'c1', outcome: { type: 'not-leader', leader: undefined } },
  ];

  it.each(messages)('$type goes through a line and back', (message) => {
    const read = readLine(JSON.stringify({ ...line, body: bodyOf(message) }));
    expect(read && messageOf(read.body)).toEqual(message);
  });

  it('that is not sound is none', () => {
    expect(messageOf({ type: 'whitewater', message: { type: 'request-vote', term: -1 } })).toBeUndefined();
    expect(messageOf({ type: 'whitewater' })).toBeUndefined();
  });
});
