import { describe, expect, it } from 'vitest';
import { fromTextMessage, toTextMessage } from '../../src/host/link-text.ts';
import { configurationOf } from '../../src/raft/configuration.ts';
import type { LinkMessage } from '../../src/timeline/event.ts';

const chunk: LinkMessage = {
  type: 'install-snapshot',
  term: 3,
  lastIndex: 9,
  lastTerm: 2,
  configuration: configurationOf(['n1', 'n2']),
  totalBytes: 4,
  offset: 0,
  data: new Uint8Array([0, 255, 7, 128]),
  done: true,
};

describe('A message between nodes as text', () => {
  it('comes back as it was, the bytes of a snapshot too', () => {
    for (const message of [chunk, { type: 'timeout-now', term: 4 }] satisfies readonly LinkMessage[]) {
      expect(fromTextMessage(JSON.parse(JSON.stringify(toTextMessage(message))))).toEqual(message);
    }
  });

  it.each([
    undefined,
    {},
    { type: 'timeout-now', term: 'x' },
    { ...chunk, data: 'AAAA' },
    { ...chunk, data: [256, 0, 0, 0] },
    { ...chunk, data: ['x', 0, 0, 0] },
    { ...chunk, data: [-1, 0, 0, 0] },
  ])('that is none is not believed: %j', (told) => {
    expect(fromTextMessage(told)).toBeUndefined();
  });
});
