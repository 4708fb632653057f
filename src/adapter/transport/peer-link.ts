import type { NodeId } from '../../raft/entry.ts';
import type { Dialer } from './dialer.ts';
import { encodeFrame } from './frame.ts';
import type { PeerConnection, Traffic } from './peer-connection.ts';
import type { PeerEnvelope } from './peer-envelope.ts';
import { PeerQueue } from './peer-queue.ts';

/** With so many bytes on their way out of this process, what else there is for the peer waits in the queue, which is bounded. */
const HIGH_WATER_BYTES = 4 * 1_048_576;
/** A chunk of a snapshot leaves only when no more than that is before it, so that it delays no heartbeat for long. */
const CHUNK_WATER_BYTES = 65_536;
/** What a peer that is not connected finds waiting when it comes: no more messages than these, the last ones. */
export const MAX_UNCONNECTED = 100;

/** What a node knows of its way to a peer. */
export interface LinkStatus {
  readonly id: NodeId;
  /** Where it listens, `host:port` each, the first to be tried first; empty where that is not known. */
  readonly addresses: readonly string[];
  readonly connected: boolean;
  /** The IP address of the other end of the connection: it tells which network that goes through. */
  readonly remote: string | undefined;
  /** How long a ping took there and back, milliseconds. */
  readonly roundTripMs: number | undefined;
  /** What waits to leave. */
  readonly queued: number;
  readonly sent: Traffic & { readonly messages: number };
  readonly received: Traffic;
  /** Messages that had to make room for later ones. */
  readonly dropped: number;
  /** How often there has been a connection. */
  readonly connections: number;
}

const none: Traffic = { frames: 0, bytes: 0 };

/** The way to one peer: what waits for it, and the one connection to it, when there is one. */
export class PeerLink {
  readonly id: NodeId;
  readonly dialer: Dialer;
  readonly #queue = new PeerQueue();
  #connection: PeerConnection | undefined;
  readonly #sent = { messages: 0, frames: 0, bytes: 0 };
  /** By the connections before this one. */
  #receivedBefore = none;
  #dropped = 0;
  #connections = 0;

  constructor(id: NodeId, dialer: Dialer) {
    this.id = id;
    this.dialer = dialer;
  }

  get connection(): PeerConnection | undefined {
    return this.#connection;
  }

  /** Puts a message into the queue. Gives those that made room for it. */
  add(envelope: PeerEnvelope): readonly PeerEnvelope[] {
    const dropped = [...this.#queue.add(envelope)];
    if (this.#connection === undefined && this.#queue.size > MAX_UNCONNECTED) dropped.push(...this.#trim());
    this.#dropped += dropped.length;
    return dropped;
  }

  /** Sends what waits, as far as the connection takes it. */
  flush(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    while (this.#queue.size > 0 && connection.bufferedBytes < HIGH_WATER_BYTES) {
      const envelopes = this.#queue.takeFrame(connection.bufferedBytes <= CHUNK_WATER_BYTES);
      if (envelopes.length === 0) return;
      this.#send(connection, encodeFrame({ type: 'messages', envelopes }), envelopes.length);
    }
  }

  /** Sends something of the connection's own, before all that waits. */
  sendFirst(frame: Uint8Array): void {
    if (this.#connection !== undefined) this.#send(this.#connection, frame, 0);
  }

  connect(connection: PeerConnection): void {
    this.#connection = connection;
    this.#connections += 1;
    this.dialer.pause();
  }

  /** That connection is closed. False where another has taken its place already. */
  disconnect(connection: PeerConnection): boolean {
    const { frames, bytes } = connection.received;
    this.#receivedBefore = { frames: this.#receivedBefore.frames + frames, bytes: this.#receivedBefore.bytes + bytes };
    if (this.#connection !== connection) return false;
    this.#connection = undefined;
    return true;
  }

  status(): LinkStatus {
    const { frames, bytes } = this.#receivedBefore;
    const { received = none, roundTripMs, remote } = this.#connection ?? {};
    return {
      id: this.id,
      addresses: this.dialer.addresses,
      connected: this.#connection !== undefined,
      remote,
      roundTripMs,
      queued: this.#queue.size,
      sent: { ...this.#sent },
      received: { frames: frames + received.frames, bytes: bytes + received.bytes },
      dropped: this.#dropped,
      connections: this.#connections,
    };
  }

  #send(connection: PeerConnection, frame: Uint8Array, messages: number): void {
    this.#sent.messages += messages;
    this.#sent.frames += 1;
    this.#sent.bytes += frame.length;
    connection.send(frame);
  }

  /** For a peer that is away only the latest is of use. */
  #trim(): readonly PeerEnvelope[] {
    const all = this.#queue.clear();
    const kept = all.slice(-MAX_UNCONNECTED / 2);
    for (const envelope of kept) this.#queue.add(envelope);
    return all.slice(0, all.length - kept.length);
  }
}
