import { DEFAULT_SEARCH_LIMITS } from '../../check/linearizability/check-history.ts';
import { LinearizabilityWatch } from '../../check/linearizability/linearizability-watch.ts';
import type { Verdict } from '../../check/linearizability/check-history.ts';
import type { HistoryOperation } from '../../check/linearizability/history.ts';
import { invariantNames, type InvariantName } from '../../check/invariants/invariant-book.ts';
import { InvariantWatch } from '../../check/invariants/invariant-watch.ts';
import type { Breach } from '../../check/invariants/breach.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { Timeline } from '../../timeline/timeline.ts';
import { RealInvariants, realInvariantNames } from './real-invariants.ts';

/** How many events are looked at between two looks at the real clock. */
const SLICE_EVENTS = 512;
/** A search that takes longer than this is given up, and the verdict is that nobody knows: the page must not stand still. */
const LIVE_LIMITS = { ...DEFAULT_SEARCH_LIMITS, maxConfigurations: 50_000 };

type Watch = Pick<InvariantWatch, 'breach' | 'exercised'> & { readonly see: (event: TimelineEvent) => unknown };

/** What the checks have found out about the run so far. */
export interface ChecksReport {
  /** The first event that they have seen, counted from the beginning of the run, and how many they have seen. */
  readonly from: number;
  readonly events: number;
  /** Up to which virtual moment, microseconds. */
  readonly atUs: number;
  readonly breach: Breach | undefined;
  /** Of the whole run: where `from` is above 0, what clients saw is not judged. */
  readonly verdict: Verdict;
  /** The operation that cannot be placed, where what clients saw cannot be explained; its moments are places on the timeline. */
  readonly culprit: HistoryOperation | undefined;
  /** How many requests have come to an end. */
  readonly ended: number;
}

/**
 * All checks over one run, as its timeline grows. Where it begins with events that are there already, it catches up a little at a
 * time; where some of them have been dropped, it begins with the first one that is held.
 */
export class RunChecks {
  readonly #timeline: Timeline;
  readonly #config: RunConfig;
  readonly #isReal: boolean;
  /** The first event that it has seen, and how many it has seen. */
  #from: number;
  #seen = 0;
  #invariants: Watch;
  #clients: LinearizabilityWatch;
  #verdict: Verdict = { type: 'linearizable', configurations: 0 };
  #culprit: HistoryOperation | undefined;
  #ended = 0;
  #judged = 0;
  #atUs = 0;

  constructor(timeline: Timeline, config: RunConfig, isReal = false) {
    this.#timeline = timeline;
    this.#config = config;
    this.#isReal = isReal;
    this.#from = timeline.first;
    this.#invariants = this.#newInvariants();
    this.#clients = this.#newClients();
  }

  get report(): ChecksReport {
    return {
      from: this.#from,
      events: this.#next - this.#from,
      atUs: this.#atUs,
      breach: this.#invariants.breach,
      verdict: this.#verdict,
      culprit: this.#culprit,
      ended: this.#ended,
    };
  }

  /** The invariants that are watched. */
  get names(): readonly InvariantName[] {
    return this.#isReal ? realInvariantNames : invariantNames;
  }

  /** How often an invariant was put to the test. */
  exercised(name: InvariantName): number {
    return this.#invariants.exercised(name);
  }

  /** Whether there is something that it has not seen. */
  get isBehind(): boolean {
    return this.#next < this.#timeline.length;
  }

  get #next(): number {
    return this.#from + this.#seen;
  }

  /** New events, which stand at the end of the timeline: seen at once, unless there are others to catch up with first. */
  take(events: readonly TimelineEvent[]): void {
    if (this.#next !== this.#timeline.length - events.length) return;
    for (const event of events) this.#see(event);
  }

  /** Catches up for at most so long, by the clock given, in milliseconds. */
  advance(budgetMs: number, nowMs: () => number): void {
    const untilMs = nowMs() + budgetMs;
    while (this.isBehind) {
      if (this.#timeline.first > this.#next) this.#beginAnew();
      for (const event of this.#timeline.slice(this.#next, this.#next + SLICE_EVENTS)) this.#see(event);
      if (nowMs() >= untilMs) return;
    }
  }

  /** Asks whether what clients have been told can be explained, where there is anything new. */
  judge(): void {
    if (!this.#canJudgeClients || this.#ended === this.#judged) return;
    this.#judged = this.#ended;
    this.#verdict = this.#clients.verdict();
    if (this.#verdict.type !== 'not-linearizable' || this.#culprit !== undefined) return;
    const culprit = this.#clients.explain()?.culprit;
    if (culprit === undefined) return;
    const { invokedAt, returnedAt } = culprit;
    this.#culprit = { ...culprit, invokedAt: this.#from + invokedAt, returnedAt: this.#from + returnedAt };
  }

  /** Whether what clients saw is judged at all: those of a real cluster are not all heard of. */
  get judgesClients(): boolean {
    return !this.#isReal;
  }

  /** What a key held, and which writes were under way, nobody can say where the first requests are not held any more. */
  get #canJudgeClients(): boolean {
    return !this.#isReal && this.#from === 0;
  }

  #newInvariants(): Watch {
    if (this.#isReal) return new RealInvariants(this.#config, this.#from);
    const { world } = this.#timeline.viewAfter(this.#from - 1);
    return new InvariantWatch(this.#config, { dropped: this.#from, world });
  }

  /** Stale reads are promised nothing, and asked for to see what goes wrong. */
  #newClients(): LinearizabilityWatch {
    const { reads } = this.#config;
    return new LinearizabilityWatch(
      LIVE_LIMITS,
      (operation) => operation.type !== 'get' || (operation.mode ?? reads) !== 'stale',
    );
  }

  #see(event: TimelineEvent): void {
    this.#seen += 1;
    this.#atUs = event.atUs;
    this.#invariants.see(event);
    if (this.#canJudgeClients) this.#clients.see(event);
    if (event.event.type === 'request-ended') this.#ended += 1;
  }

  /** What it had yet to see has been dropped. */
  #beginAnew(): void {
    this.#from = this.#timeline.first;
    this.#seen = 0;
    this.#ended = 0;
    this.#judged = 0;
    if (this.#invariants.breach === undefined) {
      this.#invariants = this.#newInvariants();
    }
    if (this.#verdict.type !== 'not-linearizable') this.#clients = this.#newClients();
  }
}
