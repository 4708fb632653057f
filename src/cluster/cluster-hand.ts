import type { Fate } from '../kv/client-message.ts';
import type { Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action } from '../timeline/action.ts';
import { inverseOf, wouldChange } from '../timeline/availability.ts';
import { MAX_ACTIONS } from '../timeline/run.ts';
import { ClusterError } from './cluster-control.ts';
import type { ClusterCore } from './cluster-core.ts';
import { leaderOf } from './cluster-status.ts';
import type { ClusterTime } from './cluster-time.ts';
import type { ActionMark } from './run-journal.ts';
import { asOfNow } from './undo-membership.ts';
import type { Undoable } from './undo-stack.ts';
import { countOf } from '../timeline/words.ts';

/** The hand from outside: does actions at the present moment, and undoes them. Calls must not overlap. */
export class ClusterHand {
  readonly #core: ClusterCore;
  readonly #time: ClusterTime;
  #isWritingSoon = false;

  constructor(core: ClusterCore, time: ClusterTime) {
    this.#core = core;
    this.#time = time;
  }

  /** Does an action; resolves to what would heal it. */
  async act(action: Action): Promise<readonly Action[]> {
    await this.#takeTheHelm();
    return this.#act(action);
  }

  /** Whoever leads hands the lead over. */
  async transfer(to: NodeId): Promise<void> {
    const { live } = this.#core;
    live.show();
    const from = leaderOf(live.timeline.view);
    if (from === undefined) throw new ClusterError('Nobody leads, so there is no lead to hand over.');
    if (from === to) throw new ClusterError(`${to} leads already.`);
    await this.act({ type: 'transfer', from, to });
  }

  /** Asks the store. The fate is boxed, so that nobody waits for it who waits for the asking. */
  async request(operation: Operation): Promise<{ readonly fate: Promise<Fate> }> {
    const { live, requests } = this.#core;
    const requestId = live.ledger.nextRequestId();
    const fate = requests.expect(requestId);
    await this.act({ type: 'request', client: 'c1', requestId, operation });
    return { fate };
  }

  /** Undoes the last action that still changes something when it is healed, or that only going back undoes. */
  async undo(): Promise<Action | undefined> {
    const { undo } = this.#core.live.ledger;
    this.#core.live.show();
    for (let last = undo.pop(); last !== undefined; last = undo.pop()) {
      if (last.inverse.length === 0) {
        await this.#goBack(last);
        return last.action;
      }
      if (await this.#heal(this.#presentForm(last))) return last.action;
    }
    return undefined;
  }

  /** What heals it now. Where it is not the time for that, it can be undone later. */
  #presentForm(last: Undoable): Undoable {
    const { ledger, timeline } = this.#core.live;
    try {
      return { ...last, inverse: last.inverse.flatMap((action) => asOfNow(timeline.view, action) ?? []) };
    } catch (error) {
      ledger.undo.putBack(last);
      throw error;
    }
  }

  /**
   * Does an action that is possible; says why the real machine failed a node instead, if it did. What was said to be done is
   * not lost by a reload. Only requests, of which there may be many at once, are written down together: nothing is said of
   * their fate before.
   */
  async perform(action: Action, mark?: ActionMark): Promise<string | undefined> {
    const failed = await this.#core.live.perform(action, mark);
    if (action.type === 'request') this.#writeSoon();
    else await this.#core.live.writeDown();
    return failed;
  }

  async #act(action: Action, mark?: ActionMark): Promise<readonly Action[]> {
    const { live } = this.#core;
    const { engine, ledger, timeline } = live;
    live.show();
    const possible = wouldChange(engine.world, action, timeline.view);
    if (!possible.possible) throw new ClusterError(possible.reason);
    if (ledger.isFull) {
      throw new ClusterError(
        `This run holds ${countOf(MAX_ACTIONS)} actions, which is all that may be done in a run: start a new cluster.`,
      );
    }
    if (action.type === 'request' && ledger.hasRequest(action.requestId)) {
      throw new ClusterError(`There is a request ${action.requestId} in this run already.`);
    }
    const inverse = inverseOf(engine.world, action, engine.nowUs);
    // A script may change its object afterwards; the run may not.
    const failed = await this.perform(structuredClone(action), mark);
    if (failed !== undefined) throw new ClusterError(failed);
    this.#core.tellClock();
    return inverse;
  }

  /** Does those actions that heal it, one after the other, if they still change something; whether any did. */
  async #heal({ inverse, position }: Undoable): Promise<boolean> {
    let healed = false;
    for (const action of inverse) {
      if (!wouldChange(this.#core.live.engine.world, action).possible) continue;
      await this.#takeTheHelm();
      await this.#act(action, { undoes: position });
      healed = true;
    }
    return healed;
  }

  async #goBack({ atUs, position }: Undoable): Promise<void> {
    const { ledger } = this.#core.live;
    const actions = ledger.slice(0, position);
    await this.#core.startOver(ledger.seed, ledger.config, { untilUs: atUs, actions });
    await this.#time.runAhead(atUs, 'going back');
  }

  /** Someone acts while a loaded run is being replayed: from here on it is another run. */
  async #takeTheHelm(): Promise<void> {
    const left = await this.#core.live.endReplay();
    if (left === 0) return;
    const message = `From here on this is a run of your own: ${left} recorded ${left === 1 ? 'action is' : 'actions are'} left out.`;
    this.#core.notice('info', message);
  }

  /** The clock may stand still: then what was done is written down as soon as nobody else has something to do. */
  #writeSoon(): void {
    if (this.#isWritingSoon) return;
    this.#isWritingSoon = true;
    this.#core.later(async () => {
      this.#isWritingSoon = false;
      await this.#core.live.writeDown();
    });
  }
}
