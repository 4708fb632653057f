import { WebSocket } from 'ws';
import { ClusterError } from '../../cluster/cluster-control.ts';
import { RemoteHand } from '../../cluster/remote/remote-hand.ts';
import { RemoteNodes, type Introduction } from '../../cluster/remote/remote-nodes.ts';
import { unrealReason } from '../../cluster/remote/unreal-actions.ts';
import type { Action } from '../../timeline/action.ts';
import { wouldChange } from '../../timeline/availability.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { Access } from './connection.ts';

/**
 * Does to a real cluster what the playground would, by the same way: connected to every node, each of which is told what is its
 * own. So links can be cut where the cluster was started with `--faults`.
 */
export class ClusterHand {
  readonly #nodes: RemoteNodes;
  readonly #hand: RemoteHand;
  readonly #introduction: Introduction;

  private constructor(nodes: RemoteNodes, introduction: Introduction) {
    this.#nodes = nodes;
    this.#hand = new RemoteHand(nodes);
    this.#introduction = introduction;
  }

  /** Through the first of these addresses at which a node answers. Rejects with a ClusterError where none does. */
  static async reach({ urls, token, tls }: Access): Promise<ClusterHand> {
    let last: unknown;
    for (const url of urls) {
      const nodes = new RemoteNodes({
        address: url.replace(/^http/, 'ws').replace(/\/$/, ''),
        token,
        openSocket: (where) => new WebSocket(where, tls),
        nowUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1_000),
        onEvents: () => undefined,
        onAnswer: () => undefined,
        onNodes: () => undefined,
        onNotice: () => undefined,
      });
      try {
        const introduction = await nodes.introduced;
        // Each that is there has told by then which of its links are cut.
        await nodes.gathered();
        return new ClusterHand(nodes, introduction);
      } catch (error) {
        nodes.close();
        last = error;
      }
    }
    throw new ClusterError(sentenceOfError(last));
  }

  /** Rejects with a ClusterError where it cannot be done, or would change nothing. */
  async act(action: Exclude<Action, { readonly type: 'request' }>): Promise<void> {
    const { world } = this.#nodes;
    const unreal = unrealReason(action, this.#introduction.limits);
    if (unreal !== undefined) throw new ClusterError(unreal);
    const possible = world === undefined ? undefined : wouldChange(world, action);
    if (possible?.possible === false) throw new ClusterError(possible.reason);
    await this.#hand.act(action);
  }

  close(): void {
    this.#nodes.close();
  }
}
