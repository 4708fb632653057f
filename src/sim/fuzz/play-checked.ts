import { InvariantWatch } from '../../check/invariants/invariant-watch.ts';
import { LinearizabilityWatch } from '../../check/linearizability/linearizability-watch.ts';
import type { SearchLimits } from '../../check/linearizability/search.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { Run } from '../../timeline/run.ts';
import { Simulator } from '../simulator.ts';
import { countAction, countEvent, countUndecided, type FaultCounts } from './fault-counts.ts';
import type { Failure } from './failure.ts';
import { demandOf, ProgressWatch } from './progress.ts';

/** How far it plays before it looks at what happened, virtual microseconds. */
const STRETCH_US = 200_000;

/**
 * How far the search of a key may go, a part of a second: a history of which nearly all outcomes are unknown could take all
 * the time of many others. What is given up is counted.
 */
const SEARCH_LIMITS: SearchLimits = { maxConfigurations: 30_000, maxCacheWords: 1 << 20, maxStates: 30_000 };

/** What came of a run. */
export interface Played {
  /** What it showed that must not be, the first of it; undefined where there was nothing. */
  readonly failure: Failure | undefined;
  /** How far it was played: to its end, to the failure, or until what was demanded was done. */
  readonly playedUs: number;
  readonly events: number;
  readonly faults: FaultCounts;
}

/**
 * Plays a run with everything watched: the invariants at every event, linearizability of what clients were told, and that
 * the write that it demands is committed before it ends. It stops at the first breach.
 */
export function playChecked(run: Run): Played {
  return new CheckedPlay(run).play();
}

class CheckedPlay {
  readonly #run: Run;
  readonly #invariants: InvariantWatch;
  readonly #clients = new LinearizabilityWatch(SEARCH_LIMITS);
  /** The events that clients saw, each with how many there were by then. */
  readonly #told: { readonly event: TimelineEvent; readonly events: number }[] = [];
  readonly #progress: ProgressWatch | undefined;
  readonly #faults: FaultCounts = {};
  #events = 0;
  #failure: Failure | undefined;
  #isDone = false;

  constructor(run: Run) {
    this.#run = run;
    this.#invariants = new InvariantWatch(run.config);
    const demanded = demandOf(run);
    this.#progress = demanded && new ProgressWatch(demanded);
  }

  play(): Played {
    const { seed, config, actions, untilUs } = this.#run;
    let nowUs = 0;
    try {
      const simulator = new Simulator({ seed, config });
      const goTo = (momentUs: number): void => {
        while (simulator.nowUs < momentUs && !this.#isDone) {
          simulator.advance(Math.min(momentUs, simulator.nowUs + STRETCH_US));
          nowUs = simulator.nowUs;
          this.#look(simulator.takeEvents());
        }
      };
      for (const { atUs, action } of actions) {
        goTo(atUs);
        if (this.#isDone) break;
        const before = simulator.world;
        simulator.act(action);
        countAction(this.#faults, action, simulator.world !== before);
      }
      goTo(untilUs);
      this.#look(simulator.takeEvents());
    } catch (error) {
      this.#failure = { kind: 'error', ...wordsOf(error), atUs: nowUs, events: this.#events };
    }
    this.#failure ??= this.#clientsFailure() ?? this.#stuck();
    return { failure: this.#failure, playedUs: nowUs, events: this.#events, faults: this.#faults };
  }

  #look(events: readonly TimelineEvent[]): void {
    for (const timed of events) {
      if (this.#failure !== undefined) return;
      this.#events += 1;
      const { event, atUs } = timed;
      countEvent(this.#faults, event);
      this.#progress?.see(timed);
      if (event.type === 'request-submitted' || event.type === 'request-ended') {
        this.#told.push({ event: timed, events: this.#events });
        this.#clients.see(timed);
      }
      const breach = this.#invariants.see(timed);
      if (breach !== undefined) {
        const { invariant: name, sentence } = breach;
        this.#failure = { kind: 'invariant', name, sentence, atUs, events: this.#events };
        this.#isDone = true;
      }
    }
    if (this.#progress?.isDone === true) this.#isDone = true;
  }

  /** Once at the end, for what was wrong once stays so; only where it is, it is worth finding out since when. */
  #clientsFailure(): Failure | undefined {
    const verdict = this.#clients.verdict();
    if (verdict.type === 'unknown') countUndecided(this.#faults);
    if (verdict.type !== 'not-linearizable') return undefined;
    const isWrongAfter = (count: number): boolean => {
      const watch = new LinearizabilityWatch(SEARCH_LIMITS);
      for (const { event } of this.#told.slice(0, count)) watch.see(event);
      return watch.verdict().type === 'not-linearizable';
    };
    let right = 0;
    let wrong = this.#told.length;
    while (wrong - right > 1) {
      const middle = Math.floor((right + wrong) / 2);
      if (isWrongAfter(middle)) wrong = middle;
      else right = middle;
    }
    const last = this.#told[wrong - 1];
    return {
      kind: 'linearizability',
      name: 'linearizability',
      sentence: `No order of the requests explains what clients were told of the key "${verdict.key}".`,
      atUs: last?.event.atUs ?? 0,
      events: last?.events ?? this.#events,
    };
  }

  #stuck(): Failure | undefined {
    if (this.#progress === undefined || this.#progress.isDone) return undefined;
    const { untilUs } = this.#run;
    const sentence = this.#progress.sentence(untilUs);
    return { kind: 'progress', name: 'progress', sentence, atUs: untilUs, events: this.#events };
  }
}

function wordsOf(error: unknown): Pick<Failure, 'name' | 'sentence'> {
  const sentence = error instanceof Error ? error.message : String(error);
  return { name: sentence.replaceAll(/\d+/g, 'N').slice(0, 80), sentence };
}
