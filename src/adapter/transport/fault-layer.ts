import { drawDelayUs } from '../../host/outbox.ts';
import type { NodeId } from '../../raft/entry.ts';
import { chance, createRandom } from '../../raft/random.ts';
import type { Lateness, LinkQuality } from '../../timeline/action.ts';

/** The most messages that the layer holds back at once; one more is lost. */
export const MAX_DELAYED = 10_000;

/** What becomes of one message: how many copies leave, and after how long, in microseconds each. */
export type FaultyFate =
  | { readonly type: 'cut' }
  | { readonly type: 'lost' }
  | { readonly type: 'sent'; readonly delaysUs: readonly number[] };

/** What the layer does to a node's outgoing links. */
export interface FaultState {
  readonly cuts: readonly NodeId[];
  /** Every link that has no quality of its own. */
  readonly network: LinkQuality;
  readonly links: Readonly<Record<NodeId, LinkQuality>>;
}

const calm: LinkQuality = { latency: { meanMs: 0, spreadMs: 0 }, loss: 0, duplication: 0 };
const atOnce: FaultyFate = { type: 'sent', delaysUs: [0] };

/**
 * Rough water for a real node: what it sends over each of its links can be cut, lost, delayed, doubled, held back and said again later. Only a node that was
 * started with it has one. It does nothing to what comes in: that is for the layer of the sender.
 */
export class FaultLayer {
  readonly #random;
  readonly #cuts = new Set<NodeId>();
  #network = calm;
  readonly #links = new Map<NodeId, LinkQuality>();

  constructor(seed: number) {
    this.#random = createRandom(seed, 'faults');
  }

  cut(to: NodeId): void {
    this.#cuts.add(to);
  }

  /** `to` left out: all links. Qualities stay as they are. */
  heal(to?: NodeId): void {
    if (to === undefined) this.#cuts.clear();
    else this.#cuts.delete(to);
  }

  /** Changes what it names. `to` undefined: of every link, those included that had a quality of their own. */
  setQuality(to: NodeId | undefined, quality: Partial<LinkQuality>): void {
    if (to !== undefined) {
      this.#links.set(to, { ...(this.#links.get(to) ?? this.#network), ...quality });
      return;
    }
    this.#network = { ...this.#network, ...quality };
    for (const [id, own] of this.#links) this.#links.set(id, { ...own, ...quality });
  }

  state(): FaultState {
    return { cuts: [...this.#cuts], network: this.#network, links: Object.fromEntries(this.#links) };
  }

  /** Draws what becomes of a message to that node. */
  fateOf(to: NodeId): FaultyFate {
    if (this.#cuts.has(to)) return { type: 'cut' };
    const quality = this.#links.get(to) ?? this.#network;
    if (quality === calm) return atOnce;
    const { latency, loss, duplication, reordering, replay } = quality;
    if (chance(this.#random, loss)) return { type: 'lost' };
    const latencyUs = (): number => drawDelayUs(this.#random, latency, 0);
    const delaysUs = [latencyUs() + (this.#drawLateUs(reordering) ?? 0)];
    if (chance(this.#random, duplication)) delaysUs.push(latencyUs());
    const replayedUs = this.#drawLateUs(replay);
    if (replayedUs !== undefined) delaysUs.push(latencyUs() + replayedUs);
    return { type: 'sent', delaysUs };
  }

  /** How much later than it would be; undefined where chance leaves it alone. */
  #drawLateUs(lateness: Lateness | undefined): number | undefined {
    if (lateness === undefined || !chance(this.#random, lateness.chance)) return undefined;
    return drawDelayUs(this.#random, lateness.delay, 0);
  }
}
