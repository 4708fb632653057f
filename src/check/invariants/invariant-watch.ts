import type { EventBody, TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { World } from '../../timeline/world.ts';
import type { Breach, Evidence, Finding } from './breach.ts';
import { ConfigurationSafety } from './configuration-safety.ts';
import { ElectionSafety } from './election-safety.ts';
import { Facts } from './facts.ts';
import { invariantBook, type InvariantName } from './invariant-book.ts';
import type { Invariant } from './invariant.ts';
import { LeaderAppendOnly } from './leader-append-only.ts';
import { LeaderCompleteness } from './leader-completeness.ts';
import { LeaseExclusivity } from './lease-exclusivity.ts';
import { LogMatching } from './log-matching.ts';
import { Monotonic } from './monotonic.ts';
import { NoHalt } from './no-halt.ts';
import { OnDiskFirst } from './on-disk-first.ts';
import { OneVote } from './one-vote.ts';
import { SessionExactlyOnce } from './session-exactly-once.ts';
import { SnapshotEqualsLog } from './snapshot-equals-log.ts';
import { StateMachineSafety } from './state-machine-safety.ts';

export interface InvariantWatchOptions {
  /** How many events of the run came before the first that it will see: what they said it does not know, and takes to be right. */
  readonly dropped?: number;
  /** What stood around the nodes by then. Left out: what the config says. */
  readonly world?: World;
  /** These alone are watched. Left out: all. */
  readonly only?: readonly InvariantName[];
}

/**
 * Watches every invariant of the book over the events of a timeline, whatever it comes from: workers, simulator, a file. It keeps
 * what was ever true, so that a breach shows even when the nodes that were part of it are gone, and it keeps a bounded
 * part of that: what it has forgotten it does not judge.
 */
export class InvariantWatch {
  readonly #facts: Facts;
  readonly #invariants: readonly Invariant[] = [
    new ElectionSafety(),
    new OneVote(),
    new LeaderAppendOnly(),
    new LogMatching(),
    new LeaderCompleteness(),
    new SessionExactlyOnce(),
    new StateMachineSafety(),
    new SnapshotEqualsLog(),
    new Monotonic(),
    new ConfigurationSafety(),
    new LeaseExclusivity(),
    new OnDiskFirst(),
    new NoHalt(),
  ];
  readonly #listeners = new Map<EventBody['type'], Invariant[]>();
  #index: number;
  #breach: Breach | undefined;

  constructor(config: RunConfig, { dropped = 0, world, only }: InvariantWatchOptions = {}) {
    this.#facts = new Facts(config, dropped > 0, world);
    this.#index = dropped;
    for (const invariant of this.#invariants) {
      if (only?.includes(invariant.name) === false) continue;
      for (const type of invariant.sees) {
        const listeners = this.#listeners.get(type);
        if (listeners === undefined) this.#listeners.set(type, [invariant]);
        else listeners.push(invariant);
      }
    }
  }

  /** The first breach that it saw. */
  get breach(): Breach | undefined {
    return this.#breach;
  }

  /** How many events of the run there have been, those before it included. */
  get events(): number {
    return this.#index;
  }

  /** How often an invariant was put to the test. */
  exercised(name: InvariantName): number {
    return this.#invariants.find((invariant) => invariant.name === name)?.exercised ?? 0;
  }

  /** The next event is one that it is not to look at. */
  pass(): void {
    this.#index += 1;
  }

  /** Looks at the next event. Gives the breach that it is, if it is the first one; after that nothing is looked at. */
  see(event: TimelineEvent): Breach | undefined {
    if (this.#breach !== undefined) return undefined;
    const at = { index: this.#index, event };
    this.#index += 1;
    const listeners = this.#listeners.get(event.event.type);
    if (listeners !== undefined) {
      for (const invariant of listeners) {
        const finding = invariant.see(at, this.#facts);
        if (finding === undefined) continue;
        this.#breach = breachOf(invariant.name, at, finding);
        return this.#breach;
      }
    }
    this.#facts.note(at);
    return undefined;
  }
}

function breachOf(invariant: InvariantName, at: Evidence, finding: Finding): Breach {
  const { sentence, earlier, nodes, entries = [] } = finding;
  return {
    invariant,
    section: invariantBook[invariant].section,
    sentence,
    events: earlier === undefined ? [at] : [earlier, at],
    nodes: [...new Set(nodes)],
    entries,
  };
}
