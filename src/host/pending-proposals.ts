import type { ActorId } from '../timeline/event.ts';

/** Who waits for an answer: the actor that asked, and the client for whom it did where that is another. */
export interface Asker {
  readonly requestId: string;
  readonly from: ActorId;
  readonly forwardedFor: ActorId | undefined;
}

/** A proposal that stands in this leader's log and whose client waits. */
export interface PendingProposal extends Asker {
  readonly term: number;
}

/**
 * The proposals that wait to be applied. Each has its entry in the leader's log beyond the commit index, of which there
 * are at most `maxUncommittedEntries`; when the lead ends, all are let go.
 */
export class PendingProposals {
  readonly #byIndex = new Map<number, PendingProposal>();
  readonly #indexes = new Map<string, number>();

  get size(): number {
    return this.#byIndex.size;
  }

  add(index: number, proposal: PendingProposal): void {
    this.#byIndex.set(index, proposal);
    this.#indexes.set(proposal.requestId, index);
  }

  /**
   * Whether that request waits here already: a repeat needs no second entry, for the one answer serves both. It goes to
   * whoever asked last, who is the likeliest to be still there.
   */
  isRepeat(asker: Asker): boolean {
    const index = this.#indexes.get(asker.requestId);
    const pending = index === undefined ? undefined : this.#byIndex.get(index);
    if (index === undefined || pending === undefined) return false;
    this.#byIndex.set(index, { ...asker, term: pending.term });
    return true;
  }

  /** The one whose entry stands at that index; it waits no longer. */
  take(index: number): PendingProposal | undefined {
    const pending = this.#byIndex.get(index);
    if (pending === undefined) return undefined;
    this.#byIndex.delete(index);
    this.#indexes.delete(pending.requestId);
    return pending;
  }

  /** All of them; none waits any longer. */
  takeAll(): readonly PendingProposal[] {
    const all = [...this.#byIndex.values()];
    this.#byIndex.clear();
    this.#indexes.clear();
    return all;
  }
}
