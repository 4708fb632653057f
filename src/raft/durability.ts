import type { NodeId } from './entry.ts';

/** How many writes are kept apart that are not known to be durable. Past that the newest are taken as one. */
export const MAX_PENDING_WRITES = 1_000;

/** What a write makes durable. */
interface WriteContent {
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  /** How much of the present log it makes durable. A later truncation lowers it: that part is the log's no longer. */
  lastIndex: number;
}

/** A write that was asked for and is not known to be durable yet. */
export interface PendingWrite extends WriteContent {
  readonly sequence: number;
  /** Of several taken as one: the sequence of the first, and what is durable at least when any of them is. */
  readonly joined?: { readonly from: number; readonly least: WriteContent };
}

/** {@link Durability} as plain data. */
export interface DurabilityState {
  readonly sequence: number;
  readonly durableSequence: number;
  readonly durableIndex: number;
  readonly voteSequence: number;
  readonly pending: readonly Readonly<PendingWrite>[];
}

/**
 * What the disk holds and what is still on its way there. Writes become durable in order; until then nothing that
 * rests on them may be said to others.
 */
export class Durability {
  /** The sequence of the last write asked for; the next one gets one more. */
  sequence = 0;
  /** Every write up to this sequence is durable. */
  durableSequence = 0;
  /** The present log up to this index is on disk. */
  durableIndex: number;
  /** The write that holds the present term and vote. */
  voteSequence = 0;
  /** In order of sequence, at most {@link MAX_PENDING_WRITES}. */
  private readonly pending: PendingWrite[] = [];

  constructor(durableIndex: number) {
    this.durableIndex = durableIndex;
  }

  static restore(state: DurabilityState): Durability {
    const durability = new Durability(state.durableIndex);
    durability.sequence = state.sequence;
    durability.durableSequence = state.durableSequence;
    durability.voteSequence = state.voteSequence;
    for (const write of state.pending) durability.pending.push(copyOf(write));
    return durability;
  }

  save(): DurabilityState {
    return {
      sequence: this.sequence,
      durableSequence: this.durableSequence,
      durableIndex: this.durableIndex,
      voteSequence: this.voteSequence,
      pending: this.pending.map(copyOf),
    };
  }

  /** The term or the vote changed: the write that this turn ends with will hold it. */
  voteChanged(): void {
    this.voteSequence = this.sequence + 1;
  }

  /** A write of the present term, vote and log up to `lastIndex` begins; gives its sequence. */
  begin(term: number, votedFor: NodeId | undefined, lastIndex: number): number {
    this.sequence += 1;
    const { pending, sequence } = this;
    const newest = pending.length < MAX_PENDING_WRITES ? undefined : pending.pop();
    if (newest === undefined) pending.push({ sequence, term, votedFor, lastIndex });
    else pending.push({ sequence, term, votedFor, lastIndex, joined: joinedWith(newest, lastIndex) });
    return sequence;
  }

  /** Every write up to `sequence` is durable. Gives the last of them, undefined if that was known already. */
  complete(sequence: number): PendingWrite | undefined {
    let last: PendingWrite | undefined;
    for (let first = this.pending[0]; first !== undefined && first.sequence <= sequence; first = this.pending[0]) {
      last = first;
      // Nearly always there is just the one, and taking it off the end moves nothing.
      if (this.pending.length === 1) this.pending.pop();
      else this.pending.shift();
    }
    if (this.pending.length > 0) last = this.completeWithin(sequence) ?? last;
    if (last === undefined) return undefined;
    this.durableSequence = last.sequence;
    if (last.lastIndex > this.durableIndex) this.durableIndex = last.lastIndex;
    return last;
  }

  /** Some of several that were taken as one are durable: no more is believed than what each of them holds. */
  private completeWithin(sequence: number): PendingWrite | undefined {
    const first = this.pending[0];
    if (first?.joined === undefined || first.joined.from > sequence) return undefined;
    const { least } = first.joined;
    this.pending[0] = { ...first, joined: { from: sequence + 1, least } };
    return { sequence, ...least };
  }

  /**
   * The log from `index` on was removed. Writes under way that hold the removed entries vouch only for what lies before
   * them, so a confirmation that comes later cannot pass for the entries that take their place.
   */
  truncateFrom(index: number): void {
    const kept = index - 1;
    if (this.durableIndex > kept) this.durableIndex = kept;
    for (const write of this.pending) {
      if (write.lastIndex > kept) write.lastIndex = kept;
      if (write.joined !== undefined && write.joined.least.lastIndex > kept) write.joined.least.lastIndex = kept;
    }
  }

  /** The whole log was replaced by a snapshot: nothing of the new one is durable, and no write under way vouches for any. */
  reset(): void {
    this.truncateFrom(1);
  }

  /** The write with which the log up to `index`, and the present term and vote, are durable. May be long done. */
  sequenceHolding(index: number): number {
    return Math.max(this.voteSequence, this.logSequenceHolding(index));
  }

  private logSequenceHolding(index: number): number {
    if (index <= this.durableIndex) return 0;
    for (const write of this.pending) {
      if (write.lastIndex >= index) return write.sequence;
    }
    return this.sequence + 1;
  }
}

function joinedWith(write: PendingWrite, lastIndex: number): NonNullable<PendingWrite['joined']> {
  const { from, least } = write.joined ?? { from: write.sequence, least: write };
  const { term, votedFor } = least;
  return { from, least: { term, votedFor, lastIndex: Math.min(least.lastIndex, write.lastIndex, lastIndex) } };
}

function copyOf(write: Readonly<PendingWrite>): PendingWrite {
  const { sequence, term, votedFor, lastIndex, joined } = write;
  const copy = { sequence, term, votedFor, lastIndex };
  return joined === undefined ? copy : { ...copy, joined: { from: joined.from, least: { ...joined.least } } };
}
