import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NodeConnection, type PageSocket } from '../../../src/cluster/remote/node-connection.ts';

/** A socket that nobody answers, until it is told to close. */
class DeadSocket implements PageSocket {
  readonly readyState = 0;
  readonly #closed: (() => void)[] = [];

  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void {
    if (type === 'close') this.#closed.push(() => listener({ data: undefined }));
  }

  send(): void {
    throw new Error('It is not open.');
  }

  close(): void {
    for (const listener of this.#closed) listener();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('A page that reaches a node at none of its addresses', () => {
  it('tries them in turn, and waits only when all have been tried', () => {
    const opened: { readonly url: string; readonly socket: DeadSocket }[] = [];
    const connection = new NodeConnection({
      addresses: ['ws://a:1', 'ws://b:1'],
      token: undefined,
      openSocket: (url) => {
        const socket = new DeadSocket();
        opened.push({ url, socket });
        return socket;
      },
      nowUs: () => performance.now() * 1_000,
      listener: { frame: vi.fn(), lost: vi.fn(), turnedAway: vi.fn(), isPaused: () => false },
    });
    const fail = (waitMs: number): void => {
      opened.at(-1)?.socket.close();
      vi.advanceTimersByTime(waitMs);
    };
    fail(0);
    expect(connection.address).toBe('ws://b:1');
    fail(0);
    expect(opened).toHaveLength(2);
    // It hears of one more, and of those that it knows already.
    connection.know(['ws://b:1', 'ws://c:1']);
    vi.advanceTimersByTime(1_000);
    fail(1_000);
    connection.close();
    expect(opened.map(({ url }) => url)).toEqual(
      ['ws://a:1', 'ws://b:1', 'ws://c:1', 'ws://a:1'].map((url) => `${url}/attach`),
    );
  });
});

describe('Whoever answers and is no node', () => {
  it.each(['hello there', '{"type":"welcome-2"}', '{"type":"welcome","cluster":7}'])(
    'is told from a node in one sentence: %s',
    (text) => {
      const hears: ((event: { readonly data: unknown }) => void)[] = [];
      const turnedAway = vi.fn();
      const connection = new NodeConnection({
        addresses: ['ws://a:1'],
        token: undefined,
        openSocket: () => ({
          readyState: 1,
          addEventListener: (type: string, listener: (event: { readonly data: unknown }) => void) => {
            if (type === 'message') hears.push(listener);
          },
          send: () => undefined,
          close: () => undefined,
        }),
        nowUs: () => performance.now() * 1_000,
        listener: { frame: vi.fn(), lost: vi.fn(), turnedAway, isPaused: () => false },
      });
      for (const hear of hears) hear({ data: text });
      connection.close();
      expect(turnedAway.mock.calls).toEqual([
        ['What answers at ws://a:1 is no node that this page understands: a newer one, perhaps, or none at all.'],
      ]);
    },
  );
});
