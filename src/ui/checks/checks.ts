import { invariantBook } from '../../check/invariants/invariant-book.ts';
import type { ClusterControl, ClusterUpdate } from '../../cluster/cluster-control.ts';
import type { Hand } from '../hand.ts';
import type { FrameScheduler } from '../scheduler.ts';
import { RunChecks } from './run-checks.ts';

/** How much of a frame catching up may take, in milliseconds. */
const BUDGET_MS = 4;
/** How often, in real milliseconds, clients' histories are looked at and listeners are told. */
const PACE_MS = 250;

/** What stops where a check fails, and says so. */
export interface ChecksDesk {
  readonly control: ClusterControl;
  readonly hand: Pick<Hand, 'attempt' | 'notify' | 'show'>;
  readonly scheduler: FrameScheduler;
  readonly wallMs: () => number;
}

/**
 * The checks of the run on the screen, always on: every event is seen as it comes. The first breach stops the clock and is said
 * in a notice, once a run.
 */
export class Checks {
  readonly #desk: ChecksDesk;
  readonly #listeners = new Set<() => void>();
  readonly #stop: readonly (() => void)[];
  #checks: RunChecks | undefined;
  #hasSpoken = false;
  #toldMs = -Infinity;
  #revision = 0;

  constructor(desk: ChecksDesk) {
    this.#desk = desk;
    this.#stop = [
      desk.control.subscribe((update) => this.#take(update)),
      desk.scheduler.add('read', () => this.#tick()),
    ];
  }

  /** Undefined where nothing is checked: the nodes are real, and nobody knows in what order they do what they do. */
  get run(): RunChecks | undefined {
    return this.#checks;
  }

  /** Rises as the run goes on, a few times a second. */
  get revision(): number {
    return this.#revision;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    for (const stop of this.#stop) stop();
  }

  #take(update: ClusterUpdate): void {
    if (update.type === 'started') {
      const { timeline, config, clock } = update;
      this.#checks = clock.real === undefined ? new RunChecks(timeline, config) : undefined;
      this.#hasSpoken = false;
      this.#tell();
    } else if (update.type === 'events') {
      this.#checks?.take(update.events);
      this.#speak();
    }
  }

  #tick(): void {
    const { wallMs } = this.#desk;
    if (this.#checks?.isBehind === true) {
      this.#checks.advance(BUDGET_MS, wallMs);
      this.#speak();
    }
    if (wallMs() - this.#toldMs < PACE_MS) return;
    this.#checks?.judge();
    this.#speak();
    this.#tell();
  }

  #tell(): void {
    this.#toldMs = this.#desk.wallMs();
    this.#revision += 1;
    for (const listener of this.#listeners) listener();
  }

  /** A breach stops the clock and is said; a run is broken once. */
  #speak(): void {
    const sentence = this.#checks === undefined ? undefined : breachSentence(this.#checks);
    if (sentence === undefined || this.#hasSpoken) return;
    this.#hasSpoken = true;
    const { control, hand } = this.#desk;
    hand.attempt(() => control.pause());
    hand.notify('problem', sentence);
    hand.show('checks');
    this.#tell();
  }
}

/** What is wrong with the run, as one sentence or two; undefined where nothing is known to be. */
function breachSentence(checks: RunChecks): string | undefined {
  const { breach, verdict } = checks.report;
  if (breach !== undefined) {
    return `${invariantBook[breach.invariant].title} is broken (${breach.section}): ${breach.sentence}`;
  }
  if (verdict.type !== 'not-linearizable') return undefined;
  return `What clients saw is not linearizable: no order of the operations on "${verdict.key}" explains it.`;
}
