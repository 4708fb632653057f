import { weightOf } from './envelope-weight.ts';
import { MAX_FRAME_MESSAGES } from './frame.ts';
import type { PeerEnvelope } from './peer-envelope.ts';

/** The most messages that wait for one peer; for one more the oldest makes room, which Raft takes for a message that was lost. */
export const MAX_QUEUED_MESSAGES = 10_000;
/** The most bytes, about, that they may be. One message always fits. */
export const MAX_QUEUED_BYTES = 32 * 1_048_576;
/** So many bytes, about, go into one frame; one message always fits. */
export const FRAME_WEIGHT = 1_048_576;

interface Waiting {
  readonly envelope: PeerEnvelope;
  readonly weight: number;
}

/**
 * What waits to leave for one peer. The chunks of snapshots wait apart, behind all else: a heartbeat that had to wait for them
 * would come late, and then there is an election. Everything else leaves in the order in which it came.
 */
export class PeerQueue {
  #waiting: Waiting[] = [];
  #chunks: Waiting[] = [];
  #bytes = 0;

  get size(): number {
    return this.#waiting.length + this.#chunks.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Gives what had to make room for it, oldest first. */
  add(envelope: PeerEnvelope): readonly PeerEnvelope[] {
    const weight = weightOf(envelope.message);
    const lane = envelope.message.type === 'install-snapshot' ? this.#chunks : this.#waiting;
    lane.push({ envelope, weight });
    this.#bytes += weight;
    const dropped: PeerEnvelope[] = [];
    while (this.size > MAX_QUEUED_MESSAGES || (this.#bytes > MAX_QUEUED_BYTES && this.size > 1)) {
      const oldest = (this.#chunks.length > 0 ? this.#chunks : this.#waiting).shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.weight;
      dropped.push(oldest.envelope);
    }
    return dropped;
  }

  /** The next ones that fit into one frame; `withChunks`: chunks of snapshots too, where nothing else is left. */
  takeFrame(withChunks: boolean): readonly PeerEnvelope[] {
    const lane = this.#waiting.length > 0 ? this.#waiting : withChunks ? this.#chunks : [];
    let weight = 0;
    let count = 0;
    for (const one of lane) {
      if (count > 0 && (count === MAX_FRAME_MESSAGES || weight + one.weight > FRAME_WEIGHT)) break;
      weight += one.weight;
      count += 1;
    }
    this.#bytes -= weight;
    return lane.splice(0, count).map(({ envelope }) => envelope);
  }

  /** Throws all of it away, and gives it. */
  clear(): readonly PeerEnvelope[] {
    const all = [...this.#waiting, ...this.#chunks].map(({ envelope }) => envelope);
    this.#waiting = [];
    this.#chunks = [];
    this.#bytes = 0;
    return all;
  }
}
