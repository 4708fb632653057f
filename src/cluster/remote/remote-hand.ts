import type { NodeId } from '../../raft/entry.ts';
import type { Action, DirectedLink } from '../../timeline/action.ts';
import { changeWorld, type World } from '../../timeline/world.ts';
import { ClusterError } from '../cluster-control.ts';
import { linkOf, type RemoteNodes } from './remote-nodes.ts';
import { AS_THEY_ARE } from './unreal-actions.ts';

type LinkAction = Extract<Action, { readonly type: 'cut' | 'heal' | 'isolate' | 'split' }>;

/** Has real nodes do what an action says: each what is its own. */
export class RemoteHand {
  readonly #nodes: RemoteNodes;

  constructor(nodes: RemoteNodes) {
    this.#nodes = nodes;
  }

  /** Settles when it is done and the page knows; rejects with a ClusterError. */
  async act(action: Exclude<Action, { readonly type: 'request' }>): Promise<void> {
    switch (action.type) {
      case 'kill':
      case 'revive':
      case 'restart':
      case 'pause':
      case 'resume':
      case 'start-node':
        return this.#process(action);
      case 'time-out-now':
      case 'snapshot':
        return this.#nodes.do(action.node, action);
      case 'transfer':
      case 'change-membership':
        return this.#nodes.do(action.from, action);
      case 'cut':
      case 'heal':
      case 'isolate':
      case 'split':
        return this.#links(action);
      case 'set-links':
        return this.#setLinks(action);
      default:
        throw new ClusterError(AS_THEY_ARE);
    }
  }

  /** Any node passes it on to who supervises the processes; best one that is still there to say that it was done. */
  async #process(action: Extract<Action, { readonly node: NodeId }>): Promise<void> {
    const through = this.#nodes.anyOther(action.node);
    if (through === undefined) {
      throw new ClusterError('No node is connected that could pass it on to who supervises the processes.');
    }
    try {
      await this.#nodes.do(through, action);
    } catch (error) {
      // The last one takes its word with it.
      if (action.type !== 'kill' || through !== action.node || this.#nodes.isConnected(through)) throw error;
    }
    // A process that was started says by itself when it is there.
    if (action.type !== 'revive' && action.type !== 'restart') this.#nodes.tell(action);
  }

  async #links(action: LinkAction): Promise<void> {
    const world = this.#world();
    const after = changeWorld(world, action, 0);
    const cut = [...after.cuts].filter((key) => !world.cuts.has(key)).map(linkOf);
    const healed = [...world.cuts].filter((key) => !after.cuts.has(key)).map(linkOf);
    await Promise.all([
      ...this.#bySender(cut, (links) => ({ type: 'cut', links })),
      ...this.#bySender(healed, (links) => ({ type: 'heal', links })),
    ]);
  }

  async #setLinks(action: Extract<Action, { readonly type: 'set-links' }>): Promise<void> {
    const { links, quality } = action;
    const world = this.#world();
    const senders = world.nodes.filter((id) => world.machines[id]?.status !== 'down');
    if (links === undefined) await Promise.all(senders.map((node) => this.#nodes.do(node, action)));
    else await Promise.all(this.#bySender(links, (own) => ({ type: 'set-links', links: own, quality })));
  }

  /** What leaves a process that is gone is nothing; the page knows of it and tells the next one. */
  #bySender(
    links: readonly DirectedLink[],
    action: (links: readonly DirectedLink[]) => Action,
  ): readonly Promise<void>[] {
    const world = this.#world();
    return [...new Set(links.map(({ from }) => from))].map(async (sender) => {
      const own = action(links.filter(({ from }) => from === sender));
      if (world.machines[sender]?.status === 'down') this.#nodes.tell(own);
      else await this.#nodes.do(sender, own);
    });
  }

  #world(): World {
    const { world } = this.#nodes;
    if (world === undefined) throw new ClusterError('No node has been heard of yet.');
    return world;
  }
}
