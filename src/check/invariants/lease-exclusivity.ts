import type { NodeId } from '../../raft/entry.ts';
import { changeWorld } from '../../timeline/world.ts';
import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';

/** Clocks are read in whole microseconds: so far two of them may round apart. */
const ROUNDING_US = 4;

interface Held {
  readonly term: number;
  untilUs: number;
  readonly at: Evidence;
}

/**
 * Thesis 6.4.1: while a leader holds a lease, no leader of a later term commits anything, and it answers reads by it no
 * longer. That rests on clocks which are no further off than the run's config trusts them to be: while one is, and until
 * all that was promised before has passed, nothing is demanded.
 */
export class LeaseExclusivity implements Invariant {
  readonly name = 'lease-exclusivity';
  readonly sees = [
    'action',
    'lease-extended',
    'lease-given-up',
    'clock-changed',
    'reads-ready',
    'commit-advanced',
  ] as const;
  exercised = 0;
  readonly #held = new Map<NodeId, Held>();
  /** Before that moment clocks are, or their effects may be, further off than trusted. Undefined before the first event. */
  #distrustUntilUs: number | undefined;

  see(at: Evidence, facts: Facts): Finding | undefined {
    if (facts.config.leases === undefined) return undefined;
    const { actor, event, atUs } = at.event;
    this.#distrustUntilUs ??= facts.beganLate ? distrustUntilUs(facts, atUs) : 0;
    switch (event.type) {
      case 'action':
        this.#judgeClocks(at, facts);
        return undefined;
      case 'lease-given-up':
        this.#held.delete(actor);
        return undefined;
      case 'clock-changed': {
        const held = this.#held.get(actor);
        if (held !== undefined) held.untilUs = event.heldUntilUs ?? 0;
        return undefined;
      }
      case 'lease-extended':
        // A new one may begin while that of the leader before still runs: it is good for nothing until that has run out.
        this.#held.set(actor, { term: facts.node(actor).term, untilUs: event.untilUs, at });
        return undefined;
      case 'reads-ready':
        return event.via === 'lease' ? this.#answers(at, facts) : undefined;
      case 'commit-advanced':
        return event.rule === 'commit-majority' ? this.#commits(at, event.commitIndex, facts) : undefined;
      default:
        return undefined;
    }
  }

  /** What a leader of an earlier term commits late is in the log of this one, and counts no more for its reads. */
  #commits(at: Evidence, commitIndex: number, facts: Facts): Finding | undefined {
    this.exercised += 1;
    const { actor, atUs } = at.event;
    if (atUs < (this.#distrustUntilUs ?? 0)) return undefined;
    const { term } = facts.node(actor);
    for (const [holder, held] of this.#held) {
      if (holder === actor || held.term > term || held.untilUs - ROUNDING_US <= atUs) continue;
      const node = facts.node(holder);
      // Who does not lead that term any more answers nobody by its lease.
      if (node.role !== 'leader' || node.term !== held.term) continue;
      return {
        sentence: `${actor} commits up to entry ${commitIndex} in term ${term} at ${inMs(atUs)}, while ${holder} holds the lease of term ${held.term} until ${inMs(held.untilUs)}.`,
        earlier: held.at,
        nodes: [holder, actor],
      };
    }
    return undefined;
  }

  #answers(at: Evidence, facts: Facts): Finding | undefined {
    this.exercised += 1;
    const { actor, atUs } = at.event;
    const held = this.#held.get(actor);
    if (held === undefined) {
      if (facts.beganLate) return undefined;
      return { sentence: `${actor} answers reads by a lease that it does not hold.`, nodes: [actor] };
    }
    if (held.term === facts.node(actor).term && atUs < held.untilUs + ROUNDING_US) return undefined;
    return {
      sentence: `${actor} answers reads at ${inMs(atUs)} by the lease of term ${held.term} that it held until ${inMs(held.untilUs)}.`,
      earlier: held.at,
      nodes: [actor],
    };
  }

  /** The action is yet to be done: what counts is what the clocks will be. */
  #judgeClocks(at: Evidence, facts: Facts): void {
    const { atUs, event } = at.event;
    if (event.type !== 'action') return;
    const { action } = event;
    if (action.type !== 'set-clock' && action.type !== 'jump-clock') return;
    const world = changeWorld(facts.world, action, atUs);
    const untilUs = distrustUntilUs({ config: facts.config, world }, atUs);
    const wasOff = this.#distrustUntilUs === Infinity || action.type === 'jump-clock';
    if (wasOff || untilUs === Infinity) this.#distrustUntilUs = untilUs;
  }
}

/** Until when nothing can be demanded, if clocks have been off up to that moment: for ever, if any still is. */
function distrustUntilUs({ config, world }: Pick<Facts, 'config' | 'world'>, atUs: number): number {
  const { durationMs = 0, driftPpm = 0 } = config.leases ?? {};
  if (Object.values(world.machines).some(({ clock }) => Math.abs(clock.driftPpm) > driftPpm)) return Infinity;
  // What was promised or held by a clock that was off is over after that, by any clock that is not.
  const drift = driftPpm / 1_000_000;
  return atUs + 2 * durationMs * 1_000 * ((1 + drift) / (1 - drift));
}

function inMs(us: number): string {
  return `${(us / 1_000).toFixed(1)} ms`;
}
