import type { NodeId } from '../raft/entry.ts';
import { mayAskAnyone } from './clerk-read.ts';
import type { PendingRequest } from './clerk-request.ts';

/**
 * Whom a clerk asks next. It is the node that it last knew to lead, and where it knows of none, the nodes in turn. One that left a
 * request without answer is not believed to lead, whoever says so, until it is heard from; its turn still comes.
 */
export class NodeChoice {
  #nodes: readonly NodeId[];
  #leader: NodeId | undefined;
  readonly #silent = new Set<NodeId>();
  /** How many reads have gone to any node in turn. */
  #turns = 0;

  /** In a fixed order. Throws a RangeError where there is none. */
  constructor(nodes: readonly NodeId[]) {
    this.#nodes = atLeastOne(nodes);
  }

  /** Whoever was among them before has to be among them still. Throws a RangeError where there is none. */
  setNodes(nodes: readonly NodeId[]): void {
    this.#nodes = atLeastOne(nodes);
  }

  heardFrom(node: NodeId): void {
    this.#silent.delete(node);
  }

  /** It has given no answer in time. */
  isSilent(node: NodeId): void {
    this.#silent.add(node);
    this.doesNotLead(node);
  }

  leads(node: NodeId): void {
    this.#leader = node;
  }

  doesNotLead(node: NodeId): void {
    if (this.#leader === node) this.#leader = undefined;
  }

  /** Whether it is worth following a hint to that node. */
  isUseful(hint: NodeId, { refusedBy }: PendingRequest): boolean {
    return this.#nodes.includes(hint) && !refusedBy.has(hint) && !this.#silent.has(hint);
  }

  next({ read, lastNode, askedNodes }: PendingRequest): NodeId {
    const nodes = this.#nodes;
    if (read !== undefined && mayAskAnyone(read)) {
      const inTurn = read.node ?? nodes[this.#turns++ % nodes.length];
      if (inTurn !== undefined) return inTurn;
    }
    if (this.#leader !== undefined) return this.#leader;
    // A new request need not begin where another is waiting in vain; going on round, everyone gets a turn.
    const next =
      lastNode === undefined ? nodes.find((node) => !this.#silent.has(node)) : nextInTurn(nodes, lastNode, askedNodes);
    const node = next ?? nodes[0];
    if (node === undefined) throw new RangeError('A clerk needs at least one node to ask.');
    return node;
  }
}

function atLeastOne(nodes: readonly NodeId[]): readonly NodeId[] {
  if (nodes.length === 0) throw new RangeError('A clerk needs at least one node to ask.');
  return nodes;
}

/** The node after that one, of those who have not been asked since everyone was. */
function nextInTurn(nodes: readonly NodeId[], last: NodeId, asked: Set<NodeId>): NodeId | undefined {
  const place = nodes.indexOf(last) + 1;
  const inTurn = [...nodes.slice(place), ...nodes.slice(0, place)];
  const next = inTurn.find((node) => !asked.has(node));
  if (next === undefined) asked.clear();
  return next ?? inTurn[0];
}
