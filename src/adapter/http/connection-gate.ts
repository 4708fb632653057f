import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { PEER_PATH } from '../transport/handshake.ts';

/** So many connections may stand over which nothing is under way, though clients have taken all places: one may be a peer's. */
export const MAX_LOBBY = 64;

/**
 * Who has one of the places that there are for clients. Whoever is answered, or has a WebSocket, keeps its place; of the
 * others the one that was silent for longest makes room. Peers take no place: however many clients there are, and whether or not
 * they say a word, a node of the cluster gets in.
 */
export class ConnectionGate {
  readonly #places: number;
  /** Over which nothing is under way; the one of which that is true for longest comes first. */
  readonly #silent = new Map<string, Socket>();
  /** How many requests are under way over each. A WebSocket is one that has no end. */
  readonly #busy = new Map<string, number>();

  constructor(places: number) {
    this.#places = places;
  }

  /** How many connections there are, but for those of peers. */
  get size(): number {
    return this.#silent.size + this.#busy.size;
  }

  /** Counts the connections of that server. */
  watch(server: Server): void {
    // Of TLS, too, these are the ones that were accepted, and not yet those whose certificates have been looked at.
    server.on('connection', (socket: Socket) => {
      const name = nameOf(socket);
      this.#silent.set(name, socket);
      socket.on('close', () => {
        this.#silent.delete(name);
        this.#busy.delete(name);
      });
      this.#makeRoom();
    });
  }

  /** A request has come, which is under way until its answer is closed. False where there is no place for it. */
  take({ socket }: IncomingMessage, response: ServerResponse): boolean {
    const name = nameOf(socket);
    if (!this.#occupy(name)) return false;
    response.on('close', () => {
      const others = (this.#busy.get(name) ?? 0) - 1;
      if (others > 0) this.#busy.set(name, others);
      else if (this.#busy.delete(name) && !socket.destroyed) this.#silent.set(name, socket);
    });
    return true;
  }

  /** A request to become a WebSocket has come. False where there is no place for one. */
  takeUpgrade({ socket }: IncomingMessage, path: string): boolean {
    if (socket.destroyed) return true;
    const name = nameOf(socket);
    if (path !== PEER_PATH) return this.#occupy(name);
    // It is a peer's from here on, or refused and hung up on.
    this.#silent.delete(name);
    this.#busy.delete(name);
    return true;
  }

  #occupy(name: string): boolean {
    const others = this.#busy.get(name);
    if (others === undefined && this.#busy.size >= this.#places) return false;
    this.#busy.set(name, (others ?? 0) + 1);
    this.#silent.delete(name);
    this.#makeRoom();
    return true;
  }

  #makeRoom(): void {
    const most = Math.max(this.#places - this.#busy.size, Math.min(MAX_LOBBY, this.#places));
    for (const [name, socket] of this.#silent) {
      if (this.#silent.size <= most) return;
      this.#silent.delete(name);
      socket.destroy();
    }
  }
}

/** A socket with TLS and the one below it have the same. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
