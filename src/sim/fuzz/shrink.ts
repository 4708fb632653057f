import type { TimedAction } from '../../timeline/action.ts';
import { nodesOfRun } from '../../timeline/run-nodes.ts';
import type { Run } from '../../timeline/run.ts';
import { isSameFailure, type Failure } from './failure.ts';
import { withoutNode, withoutStrangers } from './fewer-nodes.ts';
import { playChecked } from './play-checked.ts';
import { demandOf, isFairDemand } from './progress.ts';
import { simplerActions } from './simpler-actions.ts';
import { simplerConfigs } from './simpler-config.ts';

/** How many runs it plays before it is content with what it has. */
const MAX_SHRINK_PLAYS = 12_000;
/** How many seeds it tries where a run has become another one altogether, its own first. */
const OTHER_SEEDS = 30;

/** A small run that fails as the large one did. */
export interface Shrunk {
  readonly run: Run;
  readonly failure: Failure;
  /** How many runs were played to find it. */
  readonly plays: number;
}

/**
 * Makes a failing run as small as it can: fewer nodes, fewer actions, a shorter time, a plainer configuration, as long as
 * it fails for the same reason. `isSame` says what that is. The same run always shrinks to the same one.
 */
export function shrink(
  run: Run,
  failure: Failure,
  isSame: (one: Failure, other: Failure) => boolean = isSameFailure,
  maxPlays: number = MAX_SHRINK_PLAYS,
): Shrunk {
  const shrinker = new Shrinker(run, failure, isSame, maxPlays);
  shrinker.fewerNodes();
  shrinker.fewerActions(0);
  shrinker.simplerConfig(0);
  for (let before; before !== shrinker.best.run && !shrinker.isSpent;) {
    before = shrinker.best.run;
    // An action less, and all that is drawn after it falls otherwise: what is left may need other luck. By now a play is short.
    shrinker.simplerConfig(OTHER_SEEDS);
    shrinker.fewerActions(OTHER_SEEDS);
    shrinker.fewerNodes();
    shrinker.simplerActions();
    shrinker.shorterWaits();
  }
  return shrinker.best;
}

class Shrinker {
  readonly #isSame: (one: Failure, other: Failure) => boolean;
  readonly #maxPlays: number;
  #run: Run;
  #failure: Failure;
  #plays = 0;

  constructor(run: Run, failure: Failure, isSame: (one: Failure, other: Failure) => boolean, maxPlays: number) {
    this.#isSame = isSame;
    this.#maxPlays = maxPlays;
    this.#failure = failure;
    this.#run = cutShort(run, failure);
  }

  get best(): Shrunk {
    return { run: this.#run, failure: this.#failure, plays: this.#plays };
  }

  get isSpent(): boolean {
    return this.#plays >= this.#maxPlays;
  }

  fewerNodes(): void {
    let isSmaller = true;
    while (isSmaller) {
      isSmaller = false;
      for (const node of [...nodesOfRun(this.#run)].reverse()) {
        const without = withoutNode(this.#run, node);
        if (without === undefined) continue;
        isSmaller = this.#tryWithSeeds(without, OTHER_SEEDS);
        if (isSmaller) break;
      }
    }
  }

  /** Leaves out as many at once as it can, half of them first, then one by one (delta debugging). */
  fewerActions(otherSeeds: number): void {
    for (let size = Math.ceil(this.#free / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let end = this.#free; end > 0;) {
        const start = Math.max(0, end - size);
        const actions = [...this.#run.actions.slice(0, start), ...this.#run.actions.slice(end)];
        this.#tryWithSeeds(withoutStrangers({ ...this.#run, actions }), otherSeeds);
        end = Math.min(start, this.#free);
      }
    }
  }

  simplerConfig(otherSeeds: number): void {
    for (let isSimpler = true; isSimpler;) {
      isSimpler = simplerConfigs(this.#run.config, this.#failure.kind === 'progress').some((config) =>
        this.#tryWithSeeds({ ...this.#run, config }, otherSeeds),
      );
    }
  }

  simplerActions(): void {
    for (let place = this.#free - 1; place >= 0; place -= 1) {
      for (let isSimpler = true; isSimpler;) {
        const timed = this.#run.actions[place];
        if (timed === undefined) break;
        isSimpler = simplerActions(timed.action).some((action) =>
          this.#try({ ...this.#run, actions: withAction(this.#run.actions, place, { ...timed, action }) }),
        );
      }
    }
  }

  /** Each action comes as soon after the one before it as it may, at a round moment if it can. */
  shorterWaits(): void {
    for (let place = 0; place < this.#free; place += 1) {
      for (let isShorter = true; isShorter;) {
        const waitUs = this.#waitUs(place);
        isShorter = [0, roundedDown(waitUs / 2), waitUs - 10_000, waitUs - 1_000, roundedDown(waitUs)]
          .filter((shorterUs) => shorterUs >= 0 && shorterUs < waitUs)
          .some((shorterUs) => this.#try(sooner(this.#run, place, waitUs - shorterUs)));
      }
    }
  }

  #waitUs(place: number): number {
    const { actions } = this.#run;
    return (actions[place]?.atUs ?? 0) - (actions[place - 1]?.atUs ?? 0);
  }

  /** How many actions may be changed: where progress is demanded, not the healing and the demand. */
  get #free(): number {
    const { actions } = this.#run;
    if (this.#failure.kind !== 'progress') return actions.length;
    const fromUs = demandOf(this.#run)?.fromUs ?? Infinity;
    const free = actions.findIndex(({ atUs }) => atUs >= fromUs);
    return free < 0 ? actions.length : free;
  }

  /** Of the first seeds one is as good as another: what they decide is no part of what was found. */
  #tryWithSeeds(run: Run, others: number): boolean {
    for (let seed = 1; seed <= others; seed += 1) {
      if (this.#try(seed === 1 ? run : { ...run, seed })) return true;
    }
    return others === 0 && this.#try(run);
  }

  /** Takes the other run if it fails for the same reason. */
  #try(run: Run): boolean {
    if (this.isSpent || (this.#failure.kind === 'progress' && !isFairDemand(run))) return false;
    this.#plays += 1;
    const { failure } = playChecked(run);
    if (failure === undefined || !this.#isSame(failure, this.#failure)) return false;
    this.#failure = failure;
    this.#run = cutShort(run, failure);
    return true;
  }
}

/** What comes after the failure is no part of it. A run that shows that nothing happens needs all of its time. */
function cutShort(run: Run, { kind, atUs }: Failure): Run {
  if (kind === 'progress') return run;
  const actions = run.actions.filter((action) => action.atUs <= atUs);
  return { ...run, actions, untilUs: Math.min(run.untilUs, Math.ceil((atUs + 1) / 1_000) * 1_000) };
}

/** The action at `place` and all after it, sooner by so much. */
function sooner(run: Run, place: number, byUs: number): Run {
  const actions = run.actions.map(({ atUs, action }, own): TimedAction => ({
    atUs: own < place ? atUs : atUs - byUs,
    action,
  }));
  return { ...run, actions, untilUs: run.untilUs - byUs };
}

function withAction(actions: readonly TimedAction[], place: number, action: TimedAction): TimedAction[] {
  const changed = [...actions];
  changed[place] = action;
  return changed;
}

function roundedDown(us: number): number {
  return Math.floor(us / 10_000) * 10_000;
}
