import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { below, createRandom, type Random } from '../../../src/raft/random.ts';

/** Who holds so much back reads no more until some of it has gone on. */
const MAX_HELD_BYTES = 16 * 1_048_576;

/** Where a relay listens, and who is behind that. */
export interface Route {
  readonly port: number;
  readonly toHost: string;
  readonly toPort: number;
}

/** How long bytes are held back, each way, milliseconds: any time between the two. */
export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What has gone through a relay. */
export interface Relayed {
  readonly connections: number;
  readonly pieces: number;
  readonly bytes: number;
  /** How long pieces were held back in sum, milliseconds. */
  readonly heldMs: number;
}

/** A long cable between machines: what comes in goes on to who is behind it, later, in the same order. */
export class LatencyRelay {
  readonly #latency: Latency;
  readonly #seed: number;
  readonly #servers: Server[] = [];
  readonly #sum = { connections: 0, pieces: 0, bytes: 0, heldMs: 0 };

  constructor(latency: Latency, seed: number) {
    this.#latency = latency;
    this.#seed = seed;
  }

  get relayed(): Relayed {
    return { ...this.#sum };
  }

  async listen(host: string, { port, toHost, toPort }: Route): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
      this.#sum.connections += 1;
      const far = connect({ host: toHost, port: toPort, allowHalfOpen: true, noDelay: true });
      const name = this.#sum.connections;
      this.#carry(near, far, createRandom(this.#seed, `${name} there`));
      this.#carry(far, near, createRandom(this.#seed, `${name} back`));
    });
    server.listen(port, host);
    await once(server, 'listening');
    this.#servers.push(server);
  }

  #carry(from: Socket, to: Socket, random: Random): void {
    const { minMs, maxMs } = this.#latency;
    const held: { readonly dueMs: number; readonly piece: Buffer | undefined }[] = [];
    let bytes = 0;
    let lastMs = 0;
    const goOn = (): void => {
      for (let first = held[0]; first !== undefined && first.dueMs <= performance.now(); first = held[0]) {
        held.shift();
        const { piece } = first;
        if (piece === undefined) return void to.end();
        bytes -= piece.length;
        to.write(piece);
      }
      if (bytes < MAX_HELD_BYTES) from.resume();
      const [next] = held;
      if (next !== undefined) setTimeout(goOn, Math.max(1, next.dueMs - performance.now()));
    };
    const hold = (piece: Buffer | undefined): void => {
      const nowMs = performance.now();
      // Nothing overtakes what left before it.
      lastMs = Math.max(lastMs, nowMs + minMs + below(random, 1_000 * (maxMs - minMs)) / 1_000);
      this.#sum.heldMs += lastMs - nowMs;
      held.push({ dueMs: lastMs, piece });
      if (held.length === 1) setTimeout(goOn, lastMs - nowMs);
    };
    from.on('data', (piece: Buffer) => {
      this.#sum.pieces += 1;
      this.#sum.bytes += piece.length;
      bytes += piece.length;
      if (bytes >= MAX_HELD_BYTES) from.pause();
      hold(piece);
    });
    from.on('end', () => hold(undefined));
    // A connection that breaks, breaks at both ends.
    from.on('error', () => to.destroy());
    from.on('close', (hadError) => {
      if (hadError) to.destroy();
    });
  }
}
