import type { ClusterControl, ClusterUpdate } from '../../cluster/cluster-control.ts';
import type { Hand } from '../hand.ts';
import type { FrameScheduler } from '../scheduler.ts';
import { RunChecks } from './run-checks.ts';

/** How much of a frame catching up may take, in milliseconds. */
const BUDGET_MS = 4;
/** How often, in real milliseconds, clients' histories are looked at and listeners are told. */
const PACE_MS = 250;

/** What stops where a check fails, and shows it. */
export interface ChecksDesk {
  /** The cluster that is shown at first: see {@link Checks.watch}. */
  readonly control: ClusterControl;
  readonly hand: Pick<Hand, 'attempt' | 'show'>;
  readonly scheduler: FrameScheduler;
  readonly wallMs: () => number;
}

/**
 * The checks of the run on the screen, always on: every event is seen as it comes. The first breach stops the clock and has
 * the panel shown that says what broke, once a run.
 */
export class Checks {
  readonly #desk: ChecksDesk;
  readonly #listeners = new Set<() => void>();
  readonly #stopTicking: () => void;
  #control: ClusterControl | undefined;
  #stopHearing: () => void = () => undefined;
  #checks: RunChecks | undefined;
  #hasSpoken = false;
  #toldMs = -Infinity;
  #revision = 0;

  constructor(desk: ChecksDesk) {
    this.#desk = desk;
    this.watch(desk.control);
    this.#stopTicking = desk.scheduler.add('read', () => this.#tick());
  }

  /** From now on that cluster is the one that is checked: a page may be attached to a real one, and come back to its own. */
  watch(control: ClusterControl): void {
    if (control === this.#control) return;
    this.#stopHearing();
    this.#control = control;
    this.#stopHearing = control.subscribe((update) => this.#take(update));
  }

  /** Undefined before there is a cluster. */
  get run(): RunChecks | undefined {
    return this.#checks;
  }

  /** Whether the run is broken. */
  get isBroken(): boolean {
    if (this.#checks === undefined) return false;
    const { breach, verdict } = this.#checks.report;
    return breach !== undefined || verdict.type === 'not-linearizable';
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
    this.#stopHearing();
    this.#stopTicking();
  }

  #take(update: ClusterUpdate): void {
    if (update.type === 'started') {
      const { timeline, config, clock } = update;
      this.#checks = new RunChecks(timeline, config, clock.real !== undefined);
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

  /** A breach stops the clock and is shown; a run is broken once. */
  #speak(): void {
    const control = this.#control;
    if (control === undefined || this.#hasSpoken || !this.isBroken) return;
    this.#hasSpoken = true;
    const { hand } = this.#desk;
    hand.attempt(() => control.pause());
    hand.show('checks');
    this.#tell();
  }
}
