import type { Breach } from '../../check/invariants/breach.ts';
import type { InvariantName } from '../../check/invariants/invariant-book.ts';
import { InvariantWatch } from '../../check/invariants/invariant-watch.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { EventBody, TimelineEvent } from '../../timeline/event.ts';
import type { NodePicture } from '../../timeline/picture.ts';
import type { RunConfig } from '../../timeline/run-config.ts';

/**
 * What can be judged of a real cluster: these need not know which of two events on different nodes came first, nor what a node
 * did before it was heard of.
 */
export const realInvariantNames: readonly InvariantName[] = ['election-safety', 'state-machine-safety', 'no-halt'];

/** The events that say all of that by themselves. */
const SHOWN: ReadonlySet<EventBody['type']> = new Set(['became-leader', 'applied', 'started', 'halted']);

interface Known {
  readonly term: number;
  readonly applied: number;
}

/** Watches those invariants over what the nodes of a real cluster tell. */
export class RealInvariants {
  readonly #config: RunConfig;
  #watch: InvariantWatch;
  #index: number;
  /** What each node must know of for as long as it has its disk. */
  readonly #known = new Map<NodeId, Known>();

  /** `first`: where in the timeline the first event stands that it will see. */
  constructor(config: RunConfig, first: number) {
    this.#config = config;
    this.#index = first;
    this.#watch = this.#newWatch();
  }

  get breach(): Breach | undefined {
    return this.#watch.breach;
  }

  exercised(name: InvariantName): number {
    return this.#watch.exercised(name);
  }

  see(event: TimelineEvent): void {
    this.#note(event);
    if (SHOWN.has(event.event.type)) this.#watch.see(event);
    else this.#watch.pass();
    this.#index += 1;
  }

  #newWatch(): InvariantWatch {
    return new InvariantWatch(this.#config, { dropped: this.#index, only: realInvariantNames });
  }

  #note({ actor, event }: TimelineEvent): void {
    const { term, applied } = this.#known.get(actor) ?? { term: 0, applied: 0 };
    if (event.type === 'became-leader') this.#known.set(actor, { term: event.term, applied });
    else if (event.type === 'applied') this.#known.set(actor, { term, applied: event.entry.index });
    else if (event.type === 'picture') {
      if (hasLess(event.picture, { term, applied }) && this.breach === undefined) this.#beginAnew();
      this.#known.set(actor, { term: event.picture.term, applied: 0 });
    }
  }

  /** The cluster of before is gone with its disks, and another one has its name. */
  #beginAnew(): void {
    this.#known.clear();
    this.#watch = this.#newWatch();
  }
}

function hasLess(picture: NodePicture, { term, applied }: Known): boolean {
  return picture.term < term || picture.base.index + picture.entries.length < applied;
}
