import type { NodeId } from '../../raft/entry.ts';
import { membersOf } from '../../raft/configuration.ts';
import { presentConfiguration } from '../../timeline/membership.ts';
import { lastIndexOf } from '../../timeline/node-log.ts';
import type { View } from '../../timeline/view.ts';
import { ClusterError } from '../cluster-control.ts';
import { leaderOf } from '../cluster-status.ts';
import type { MemberFactory, PageMember } from './member-factory.ts';
import { NameTaken } from './name-claim.ts';
import type { Introduction, RemoteNodes } from './remote-nodes.ts';

/** How long the cluster may take to let a member go, and how often it is looked, milliseconds. */
const LEAVE_MS = 8_000;
const LOOK_MS = 50;
/** Names of nodes in pages are drawn from so many, so that two pages that join at once seldom take the same. */
const FIRST_NUMBER = 100;
const NUMBERS = 900;
/** How often another name is drawn where the first was taken. */
const MAX_DRAWS = 5;
/** How long a page that was loaded anew waits until its name is let go, and how often it asks, milliseconds. */
const RETURN_MS = 5_000;
const ASK_AGAIN_MS = 250;

export interface RemoteMemberOptions {
  readonly nodes: RemoteNodes;
  readonly introduction: Introduction;
  readonly factory: MemberFactory;
  readonly onFailure: (sentence: string) => void;
  /** From 0 to below 1; left out: the browser's own. */
  readonly random?: (() => number) | undefined;
}

/** The node that lives in this page, if one does: started, known to the nodes that carry its messages, and stopped. */
export class RemoteMember {
  readonly #options: RemoteMemberOptions;
  #member: PageMember | undefined;
  #isBusy = false;
  /** Settles when what is being started has started, or has not. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(options: RemoteMemberOptions) {
    this.#options = options;
    options.nodes.onPeer = (envelope) => this.#member?.receive(envelope);
    options.nodes.onPortray = () => this.#member?.portray();
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
    const started = this.#start(known);
    this.#starting = started.catch(() => undefined);
    return started;
  }

  async #start(known: NodeId | undefined): Promise<NodeId> {
    this.#isBusy = true;
    try {
      const { nodes, introduction, factory, onFailure } = this.#options;
      const node = known === undefined ? await this.#drawName() : await this.#takeName(known);
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
      this.#options.nodes.part();
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
    await this.forget();
  }

  /** It is no member, or never became one: nothing of it is left. */
  async forget(): Promise<void> {
    const member = this.#member;
    this.#member = undefined;
    await member?.forget();
    this.#options.nodes.part();
    // Where a node still counts on it, it is shown for a while, and does not run.
    if (member !== undefined) this.#options.nodes.tell({ type: 'kill', node: member.node });
  }

  /** The page goes away, or lets go of the cluster: the node is down until it is started again. */
  async stop(): Promise<void> {
    // A node that is still being started would otherwise run on behind a page that knows nothing of it.
    await this.#starting;
    await this.#member?.stop();
    this.#member = undefined;
  }

  /** A name that nobody has. Two pages may draw the same at the same moment: then at least one of them draws again. */
  async #drawName(): Promise<NodeId> {
    const { nodes } = this.#options;
    for (let draws = 1; ; draws += 1) {
      const name = `n${FIRST_NUMBER + Math.floor((this.#options.random ?? Math.random)() * NUMBERS)}`;
      if (nodes.world?.machines[name] !== undefined) continue;
      try {
        await nodes.join(name);
        return name;
      } catch (error) {
        if (!(error instanceof NameTaken) || draws === MAX_DRAWS) throw error;
      }
    }
  }

  /** Takes the name that this page had. A node may not know yet that the page it was loaded from is gone. */
  async #takeName(name: NodeId): Promise<NodeId> {
    const until = performance.now() + RETURN_MS;
    for (;;) {
      try {
        await this.#options.nodes.join(name);
        return name;
      } catch (error) {
        if (!(error instanceof NameTaken) || performance.now() > until) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
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
