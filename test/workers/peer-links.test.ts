import { afterEach, describe, expect, it } from 'vitest';
import { MAX_ON_LINK } from '../../src/host/outbox.ts';
import type { Envelope } from '../../src/host/ports.ts';
import { MAX_HELD, PeerLinks } from '../../workers/peer-links.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

function envelope(sequence: number): Envelope {
  const message = { type: 'request-vote-reply', term: 1, granted: true } as const;
  const dueUs = 1_000 + sequence;
  return { messageId: `n1.1.${sequence}`, sequence, from: 'n1', to: 'n2', sentUs: sequence, dueUs, message };
}

/** n1's and n2's ends of the channel between them. */
function pair(): { readonly one: PeerLinks; readonly other: PeerLinks; readonly broken: Promise<string> } {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  let onBroken: (error: unknown) => void = () => undefined;
  const broken = new Promise<string>((resolve) => {
    onBroken = (error) => resolve(String(error));
  });
  const one = new PeerLinks(onBroken);
  const other = new PeerLinks((error) => onBroken(error));
  one.connect('n2', port1);
  other.connect('n1', port2);
  return { one, other, broken };
}

describe('A message from a peer', () => {
  it('is let in when it counts, and not before', async () => {
    const { one, other } = pair();
    for (let sequence = 1; sequence <= 3; sequence += 1) one.post(envelope(sequence));
    expect(one.takePosted().map(({ count }) => count)).toEqual([1, 2, 3]);
    await other.holding({ n1: 3 });
    const received: number[] = [];
    const receive = ({ sequence }: Envelope): void => void received.push(sequence);
    expect(other.admit({ n1: 2 }, receive)).toEqual([]);
    expect(received).toEqual([1, 2]);
    expect(other.admit({ n1: 2 }, receive)).toEqual([]);
    expect(other.admit({ n1: 3 }, receive)).toEqual([]);
    expect(received).toEqual([1, 2, 3]);
    expect(other.admit({ n1: 4 }, receive)).toEqual(['n1']);
  });

  it('to a node that is down is lost', () => {
    const { one } = pair();
    one.post({ ...envelope(1), to: 'n3' });
    expect(one.takePosted()).toEqual([]);
  });

  it(`breaks the worker where ${MAX_HELD} wait already, which is more than two windows can bring`, async () => {
    expect(MAX_HELD).toBeGreaterThanOrEqual(2 * MAX_ON_LINK);
    const { one, other, broken } = pair();
    for (let sequence = 1; sequence <= MAX_HELD; sequence += 1) one.post(envelope(sequence));
    await other.holding({ n1: MAX_HELD });
    let admitted = 0;
    other.admit({ n1: 1 }, () => (admitted += 1));
    one.post(envelope(MAX_HELD + 1));
    await other.holding({ n1: MAX_HELD + 1 });
    one.post(envelope(MAX_HELD + 2));
    expect(await broken).toContain(`More than ${MAX_HELD} messages of n1`);
    expect(admitted).toBe(1);
  });
});
