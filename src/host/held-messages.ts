import type { Effect } from '../raft/effect.ts';

type Send = Extract<Effect, { type: 'send' }>;

/**
 * How many messages of one node may wait for its disk. A disk that is slow enough holds up the answer to every heartbeat;
 * past this the oldest are dropped, which Raft takes for messages that the network lost.
 */
export const MAX_HELD_MESSAGES = 1_000;

/** Messages that may leave only when the write that they rest on is durable. */
export class HeldMessages {
  #held: Send[] = [];

  get size(): number {
    return this.#held.length;
  }

  /** Gives how many had to make room for it: 0 or 1. */
  add(send: Send): number {
    this.#held.push(send);
    if (this.#held.length <= MAX_HELD_MESSAGES) return 0;
    this.#held.shift();
    return 1;
  }

  /** Those that rest on a write up to `sequence`, in the order in which they came. */
  takeUpTo(sequence: number): readonly Send[] {
    const free = this.#held.filter(({ afterSequence }) => afterSequence <= sequence);
    if (free.length > 0) this.#held = this.#held.filter(({ afterSequence }) => afterSequence > sequence);
    return free;
  }
}
