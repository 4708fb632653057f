import { connect, type Socket } from 'node:net';

/** One who asks, and waits for the answer before it asks again. `round` counts its requests. */
export type Caller = (round: number) => Promise<void>;

/** What so many callers got done in that time. Times in milliseconds. */
export interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Lets all callers ask for that long, after a tenth of it that does not count. */
export async function load(callers: readonly Caller[], seconds: number): Promise<Load> {
  const times: number[] = [];
  const begunMs = performance.now() + seconds * 100;
  const endMs = begunMs + seconds * 1_000;
  const lane = async (caller: Caller): Promise<void> => {
    for (let round = 0; ; round++) {
      const beforeMs = performance.now();
      if (beforeMs > endMs) return;
      await caller(round);
      if (beforeMs > begunMs) times.push(performance.now() - beforeMs);
    }
  };
  await Promise.all(callers.map(lane));
  times.sort((one, other) => one - other);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99) };
}

/**
 * A client of HTTP/1.1 that does as little as can be, over one connection that it keeps: what is measured is the server.
 * It is good for answers with a content-length, or without a body.
 */
export class LeanHttp {
  readonly #socket: Socket;
  readonly #host: string;
  #received = '';
  #settle: ((status: number) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#host = `${hostname}:${port}`;
    this.#socket = connect(Number(port), hostname).setNoDelay(true);
    this.#socket.setEncoding('latin1').on('data', (text) => this.#take(String(text)));
    this.#socket.on('error', (error) => this.#fail?.(error));
  }

  /** The status of the answer. */
  send(method: string, path: string, body = ''): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
      const length = Buffer.byteLength(body);
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-length: ${length}\r\n\r\n${body}`,
      );
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < headEnd + 4 + length) return;
    this.#received = '';
    this.#settle?.(Number(head.slice(9, 12)));
  }
}
