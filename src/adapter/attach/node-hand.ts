import type { Limits } from '../../cluster/remote/attach-frame.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { Action, DirectedLink } from '../../timeline/action.ts';
import { refusalSentence } from '../../timeline/describe-membership.ts';
import { snapshotRefused, transferRefused } from '../node/refusal-words.ts';
import type { Supervision, WatchedNode } from './watched-node.ts';

const NOT_SUPERVISED = 'Nobody on that machine can start and stop these processes from here: whitewater cluster could.';
const NO_FAULTS = 'This cluster was not started with --faults: its links are as the network is.';

/** What was asked cannot be done; `message` is one sentence for whoever asked. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** What cannot be done to that node or by way of it, and why. */
export function limitsOf(node: WatchedNode, supervision: Supervision | undefined): Limits {
  const keeps = supervision?.kill !== undefined && supervision.revive !== undefined;
  return {
    ...(!keeps && { processes: NOT_SUPERVISED }),
    ...(supervision?.start === undefined && {
      starts: 'Nobody on that machine can start a process from here: start one with whitewater serve.',
    }),
    ...(node.faults === undefined && { links: NO_FAULTS }),
  };
}

/** Does what a page asks for, as far as it can be done to a real node. Rejects with a {@link RefusedError}. */
export class NodeHand {
  readonly #node: WatchedNode;
  readonly #supervision: Supervision | undefined;

  constructor(node: WatchedNode, supervision: Supervision | undefined) {
    this.#node = node;
    this.#supervision = supervision;
  }

  async act(action: Action): Promise<void> {
    switch (action.type) {
      case 'kill':
      case 'revive':
      case 'restart':
      case 'pause':
      case 'resume':
        return this.#process(action.type, action.node);
      case 'start-node':
        return this.#process('start', action.node);
      case 'time-out-now':
        this.#mustBe(action.node);
        this.#node.timeOutNow();
        return;
      case 'snapshot':
        return this.#snapshot(action.node);
      case 'transfer':
        return this.#transfer(action.from, action.to);
      case 'change-membership':
        return this.#changeMembership(action);
      case 'cut':
        this.#onLinks(action.links, (to) => this.#node.faults?.cut(to));
        return;
      case 'heal':
        if (action.links === undefined) this.#healAll();
        else this.#onLinks(action.links, (to) => this.#node.faults?.heal(to));
        return;
      case 'set-links':
        this.#setLinks(action);
        return;
      default:
        throw new RefusedError(`A real cluster knows no ${action.type}: its machines are as they are.`);
    }
  }

  /** Its outgoing links, as the actions that made them so. */
  linkActions(): readonly Action[] {
    const state = this.#node.faults?.state();
    if (state === undefined) return [];
    const linkTo = (to: NodeId): DirectedLink => ({ from: this.#node.id, to });
    const actions: Action[] = [];
    if (state.cuts.length > 0) actions.push({ type: 'cut', links: state.cuts.map(linkTo) });
    for (const [to, quality] of Object.entries(state.links)) {
      actions.push({ type: 'set-links', links: [linkTo(to)], quality });
    }
    return actions;
  }

  async #process(verb: 'kill' | 'revive' | 'restart' | 'pause' | 'resume' | 'start', id: NodeId): Promise<void> {
    const supervision = this.#supervision;
    if (supervision?.[verb] === undefined) throw new RefusedError(NOT_SUPERVISED);
    try {
      await supervision[verb](id);
    } catch (error) {
      throw new RefusedError(error instanceof Error ? error.message : String(error));
    }
  }

  async #snapshot(id: NodeId): Promise<void> {
    this.#mustBe(id);
    const order = await this.#node.takeSnapshot();
    if (order.type === 'taken') return;
    throw new RefusedError(snapshotRefused(order.reason, id));
  }

  async #transfer(from: NodeId, to: NodeId): Promise<void> {
    this.#mustBe(from);
    const order = await this.#node.transfer(to);
    if (order.type === 'refused') throw new RefusedError(transferRefused(order.reason, from, to));
  }

  async #changeMembership({ from, change }: Extract<Action, { readonly type: 'change-membership' }>): Promise<void> {
    this.#mustBe(from);
    const order = await this.#node.changeMembership(change);
    if (order.type === 'refused') throw new RefusedError(refusalSentence(order.reason, change, from));
  }

  #setLinks({ links, quality }: Extract<Action, { readonly type: 'set-links' }>): void {
    if (links === undefined) {
      if (this.#node.faults === undefined) throw new RefusedError(NO_FAULTS);
      this.#node.faults.setQuality(undefined, quality);
      return;
    }
    this.#onLinks(links, (to) => this.#node.faults?.setQuality(to, quality));
  }

  #healAll(): void {
    if (this.#node.faults === undefined) throw new RefusedError(NO_FAULTS);
    this.#node.faults.heal();
  }

  /** Only what leaves this node is its own; whoever wants other links changed asks their senders. */
  #onLinks(links: readonly DirectedLink[], change: (to: NodeId) => void): void {
    if (this.#node.faults === undefined) throw new RefusedError(NO_FAULTS);
    for (const { from } of links) this.#mustBe(from);
    for (const { to } of links) change(to);
  }

  #mustBe(id: NodeId): void {
    if (id !== this.#node.id) throw new RefusedError(`This is ${this.#node.id}, and it does that for nobody else.`);
  }
}
