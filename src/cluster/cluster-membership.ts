import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import type { Action } from '../timeline/action.ts';
import { wouldChange } from '../timeline/availability.ts';
import { refusalSentence } from '../timeline/describe-membership.ts';
import { changeWorld, nextNode, type World } from '../timeline/world.ts';
import { ClusterError } from './cluster-control.ts';
import type { ClusterCore } from './cluster-core.ts';
import type { ClusterHand } from './cluster-hand.ts';
import { leaderOf } from './cluster-status.ts';

/** Who belongs to the cluster, as a person changes it: whoever leads is asked. Calls must not overlap. */
export class ClusterMembership {
  readonly #core: ClusterCore;
  readonly #hand: ClusterHand;

  constructor(core: ClusterCore, hand: ClusterHand) {
    this.#core = core;
    this.#hand = hand;
  }

  /** Adds that node, or a new one; returns its name. */
  async add(named: NodeId | undefined, voter: boolean): Promise<NodeId> {
    const { engine } = this.#core.live;
    const node = named ?? nextNode(engine.world);
    const isLearner = this.#leader.node.configuration.learners.includes(node);
    const type = voter ? (isLearner ? 'promote' : 'add-voter') : 'add-learner';
    await this.change({ type, node });
    return node;
  }

  /** Asks the leader for a change. Machines that it names and that are not there are started first, if it can be done. */
  async change(change: MembershipChange): Promise<void> {
    const { id: from } = this.#leader;
    const action = { type: 'change-membership', from, change } as const;
    const starts = this.#startsFor(change);
    const { engine, timeline } = this.#core.live;
    // Before a machine is started for nothing.
    let { world } = engine;
    for (const start of starts) world = this.#started(world, start);
    const possible = wouldChange(world, action, timeline.view);
    if (!possible.possible) throw new ClusterError(possible.reason);
    for (const start of starts) await this.#hand.act(start);
    await this.#ask(action);
  }

  /** The leader has the last word: it may know that a node is silent. */
  async #ask(action: Extract<Action, { readonly type: 'change-membership' }>): Promise<void> {
    const { timeline } = this.#core.live;
    const before = timeline.length;
    await this.#hand.act(action);
    for (const { actor, event } of timeline.slice(before)) {
      if (actor !== action.from || event.type !== 'membership-refused') continue;
      throw new ClusterError(refusalSentence(event.reason, event.change, actor));
    }
  }

  #startsFor(change: MembershipChange): readonly Action[] {
    const mayStart = change.type === 'add-voter' || change.type === 'add-learner' || change.type === 'set-voters';
    if (!mayStart) return [];
    const named = change.type === 'set-voters' ? change.voters : [change.node];
    const { nodes } = this.#core.live.engine.world;
    return [...new Set(named)].filter((node) => !nodes.includes(node)).map((node) => ({ type: 'start-node', node }));
  }

  #started(world: World, start: Action): World {
    const possible = wouldChange(world, start);
    if (!possible.possible) throw new ClusterError(possible.reason);
    return changeWorld(world, start, this.#core.live.engine.nowUs);
  }

  get #leader(): {
    readonly id: NodeId;
    readonly node: { readonly configuration: { readonly learners: readonly NodeId[] } };
  } {
    const { live } = this.#core;
    live.show();
    const { view } = live.timeline;
    const id = leaderOf(view);
    const node = id === undefined ? undefined : view.nodes[id];
    if (id === undefined || node === undefined) {
      throw new ClusterError('Nobody leads, and only a leader changes who belongs to the cluster.');
    }
    return { id, node };
  }
}
