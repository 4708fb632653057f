import type { NodeId } from '../../src/raft/entry.ts';
import type { EffectOf } from './one-node.ts';

/**
 * Watches that reads without the log see all that was committed, by anybody's word, before they were asked (thesis 6.4).
 * Throws at a breach.
 */
export class ReadWatch {
  readonly seen = { asked: 0, refused: 0, 'read-index': 0, lease: 0, follower: 0 };
  private readonly asked_ = new Map<number, { readonly node: NodeId; readonly committed: number }>();

  /** A name for a read of that node, asked when so much was committed. */
  asked(node: NodeId, committed: number): number {
    this.seen.asked++;
    this.asked_.set(this.seen.asked, { node, committed });
    return this.seen.asked;
  }

  ready(node: NodeId, { readId, index, via }: EffectOf<'read-ready'>): void {
    const asked = this.asked_.get(readId);
    if (asked?.node !== node) throw new Error(`${node} answers read ${readId}, which it was not asked.`);
    this.asked_.delete(readId);
    this.seen[via]++;
    if (index >= asked.committed) return;
    throw new Error(
      `Stale read: ${node} answers via ${via} as of ${index}, but ${asked.committed} was committed before.`,
    );
  }

  refused({ readId }: EffectOf<'read-refused'>): void {
    this.asked_.delete(readId);
    this.seen.refused++;
  }

  /** Nobody will answer what waited there. */
  crashed(node: NodeId): void {
    for (const [readId, asked] of this.asked_) if (asked.node === node) this.asked_.delete(readId);
  }
}
