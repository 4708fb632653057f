import type { NodeId } from '../../raft/entry.ts';
import { membersOf } from '../../raft/configuration.ts';
import { presentConfiguration } from '../../timeline/membership.ts';
import { lastIndexOf } from '../../timeline/node-log.ts';
import type { View } from '../../timeline/view.ts';
import { ClusterError } from '../cluster-control.ts';
import { leaderOf } from '../cluster-status.ts';
import type { MemberFactory, PageMember } from './member-factory.ts';
import type { Introduction, RemoteNodes } from './remote-nodes.ts';

/** How long the cluster may take to let a member go, and how often it is looked, milliseconds. */
const LEAVE_MS = 8_000;
const LOOK_MS = 50;
/** Names of nodes in pages are drawn, so that two pages that join at once seldom take the same. */
const FIRST_NUMBER = 10;
const NUMBERS = 90;

export interface RemoteMemberOptions {
  readonly nodes: RemoteNodes;
  readonly introduction: Introduction;
  readonly factory: MemberFactory;
  readonly onFailure: (sentence: string) => void;
}

/** The node that lives in this page, if one does: started, known to the nodes that carry its messages, and stopped. */
export class RemoteMember {
  readonly #options: RemoteMemberOptions;
  #member: PageMember | undefined;
  #isBusy = false;

  constructor(options: RemoteMemberOptions) {
    this.#options = options;
    options.nodes.onPeer = (envelope) => this.#member?.receive(envelope);
  }

  get node(): NodeId | undefined {
    return this.#member?.node;
  }

  /** Which node it was, before the page was loaded anew. */
  get remembered(): NodeId | undefined {
    return this.#options.factory.remembered(this.#options.introduction.cluster);
  }

  /** Starts the node of that name, or a new one; it belongs to the cluster when its leader says so. */
  async start(known?: NodeId): Promise<NodeId> {
    if (this.#member !== undefined || this.#isBusy) throw new ClusterError('This page is a member already.');
    this.#isBusy = true;
    try {
      const { nodes, introduction, factory, onFailure } = this.#options;
      const node = known ?? this.#newName();
      nodes.setMember(node);
      this.#member = await factory.start(node, introduction.cluster, introduction.config, {
        onSend: (envelope) => nodes.carry(envelope),
        onEvents: (events) => nodes.takeFromMember(node, events),
        onFailure: (sentence) => {
          onFailure(sentence);
          nodes.tell({ type: 'crash', node, reason: sentence });
        },
      });
      return node;
    } catch (error) {
      this.#options.nodes.setMember(undefined);
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  /** After it was removed: waits until that holds for good, and forgets the node. */
  async end(view: () => View): Promise<void> {
    const member = this.#member;
    if (member === undefined) throw new ClusterError('This page is no member.');
    const until = performance.now() + LEAVE_MS;
    while (!isGone(view(), member.node)) {
      if (performance.now() > until) {
        throw new ClusterError(`${member.node} has not been let go yet: nobody commits it.`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    this.#member = undefined;
    await member.forget();
    this.#options.nodes.setMember(undefined);
    this.#options.nodes.tell({ type: 'kill', node: member.node });
  }

  /** The page goes away, or lets go of the cluster: the node is down until it is started again. */
  async stop(): Promise<void> {
    await this.#member?.stop();
    this.#member = undefined;
  }

  #newName(): NodeId {
    const { world } = this.#options.nodes;
    for (let tries = 0; ; tries += 1) {
      // Where most are taken, there are more.
      const node = `n${FIRST_NUMBER + Math.floor(Math.random() * (NUMBERS + tries * NUMBERS))}`;
      if (world?.machines[node] === undefined) return node;
    }
  }
}

/** Whether a leader has committed a configuration without it. */
function isGone(view: View, node: NodeId): boolean {
  const leader = leaderOf(view);
  const known = leader === undefined ? undefined : view.nodes[leader];
  if (known === undefined || leader === node) return false;
  return !membersOf(presentConfiguration(view)).includes(node) && known.commitIndex === lastIndexOf(known);
}
