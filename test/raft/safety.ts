import type { Entry, NodeId } from '../../src/raft/entry.ts';
import type { RaftEvent } from '../../src/raft/event.ts';
import type { Message } from '../../src/raft/message.ts';
import type { RaftNode } from '../../src/raft/raft-node.ts';
import type { Persisted } from '../../src/raft/raft-state.ts';
import type { Snapshot } from '../../src/raft/snapshot.ts';

/** Watches a cluster for the five properties of Figure 3, and for answers that leave too early. Throws at a breach. */
export class Safety {
  readonly seen = { leaders: 0, committed: 0, applied: 0, truncated: 0, refused: 0, restored: 0 };
  private readonly leaders = new Map<number, NodeId>();
  /** What any node was ever told to be committed at an index, with the term in which it was. */
  private readonly committed: { readonly entry: Entry; readonly inTerm: number }[] = [];
  private readonly applied_ = new Map<NodeId, number>();
  /** What a state machine is after each index: all that it was given, in short. */
  private readonly states: number[] = [0];
  /** `index/term` to the entry and the term before it; equal for all, and so, by induction, all before it. */
  private readonly entries = new Map<string, string>();
  private readonly led = new Map<
    NodeId,
    { readonly term: number; readonly lastIndex: number; readonly lastTerm: number }
  >();

  /** The last entry that any node was ever told to be committed. */
  get lastCommitted(): number {
    return this.committed.length;
  }

  event(id: NodeId, node: RaftNode | undefined, event: RaftEvent): void {
    switch (event.type) {
      case 'became-leader':
        this.electionSafety(id, event.term);
        if (node !== undefined) this.leaderCompleteness(id, node, event.term);
        break;
      case 'entries-truncated':
        this.seen.truncated++;
        break;
      case 'append-refused':
        this.seen.refused++;
        break;
      case 'halted':
        throw new Error(`${id} halted: ${event.reason}`);
      default:
        break;
    }
  }

  /** §5.2: at most one leader a term. */
  private electionSafety(id: NodeId, term: number): void {
    const other = this.leaders.get(term) ?? id;
    if (other !== id) throw new Error(`Election Safety: ${other} and ${id} lead term ${term}.`);
    this.leaders.set(term, id);
    this.seen.leaders++;
  }

  /** §5.4: a leader holds all that was committed in earlier terms. */
  private leaderCompleteness(id: NodeId, node: RaftNode, term: number): void {
    for (const { entry, inTerm } of this.committed) {
      if (inTerm < term && entry.index > node.log.base.index && node.log.termAt(entry.index) !== entry.term) {
        throw new Error(`Leader Completeness: ${id}, leader of term ${term}, lacks committed entry ${entry.index}.`);
      }
    }
  }

  /** §5.4.3: what is applied at an index is the same on all nodes, and nobody leaves one out. */
  applied(id: NodeId, entries: readonly Entry[]): void {
    for (const entry of entries) {
      const expected = (this.applied_.get(id) ?? 0) + 1;
      if (entry.index !== expected) throw new Error(`${id} applied ${entry.index}, not ${expected}.`);
      this.applied_.set(id, expected);
      const known = this.committed[entry.index - 1];
      if (known !== undefined && JSON.stringify(known.entry) !== JSON.stringify(entry)) {
        throw new Error(
          `State Machine Safety: ${id} applied ${JSON.stringify(entry)}, not ${JSON.stringify(known.entry)}.`,
        );
      }
      if (entry.index === this.states.length) this.states.push(mixed(this.states.at(-1) ?? 0, JSON.stringify(entry)));
      this.seen.applied++;
    }
  }

  /** The state machine after `index`, as a snapshot has it; undefined where nobody has got so far. */
  stateAt(index: number): Uint8Array | undefined {
    const state = this.states[index];
    return state === undefined ? undefined : new TextEncoder().encode(`after ${index} it is ${state}`);
  }

  /** §7: what a snapshot brings is what applying the log would have brought. */
  restored(id: NodeId, { index, data }: Snapshot): void {
    const text = new TextDecoder().decode(data);
    if (text !== new TextDecoder().decode(this.stateAt(index))) {
      throw new Error(`State Machine Safety: ${id} restored "${text}" as the state after ${index}.`);
    }
    this.applied_.set(id, index);
    this.seen.restored++;
  }

  afterTurn(id: NodeId, node: RaftNode): void {
    this.leaderAppendOnly(id, node);
    this.logMatching(id, node);
    for (let index = this.committed.length + 1; index <= node.commitIndex; index++) {
      const entry = node.log.entryAt(index);
      if (entry === undefined) throw new Error(`${id} committed ${index}, which it does not hold.`);
      this.committed.push({ entry, inTerm: node.term });
      this.seen.committed++;
    }
  }

  crashed(id: NodeId): void {
    this.applied_.delete(id);
    this.led.delete(id);
  }

  /** §5.3: a leader never removes or overwrites entries of its own log. */
  private leaderAppendOnly(id: NodeId, node: RaftNode): void {
    const before = this.led.get(id);
    const { role, term, lastIndex, log } = node;
    if (role !== 'leader') {
      this.led.delete(id);
      return;
    }
    if (before?.term === term && log.termAt(before.lastIndex) !== before.lastTerm) {
      throw new Error(`Leader Append-Only: ${id}, leader of term ${term}, lost entry ${before.lastIndex}.`);
    }
    this.led.set(id, { term, lastIndex, lastTerm: log.lastTerm });
  }

  /** §5.3: two logs with an entry of the same index and term are the same up to there. */
  private logMatching(id: NodeId, node: RaftNode): void {
    for (let { lastIndex: index } = node; index > node.log.base.index; index--) {
      const entry = node.log.entryAt(index);
      const key = `${index}/${entry?.term}`;
      const content = JSON.stringify({ entry, before: node.log.termAt(index - 1) });
      const known = this.entries.get(key);
      if (known === content) return;
      if (known !== undefined) throw new Error(`Log Matching: at ${key} ${id} holds ${content}, another ${known}.`);
      this.entries.set(key, content);
    }
  }

  /** Figure 2: votes and acknowledgements rest on what is on disk at the moment at which they leave. */
  leaves(from: NodeId, to: NodeId, message: Message, disk: Persisted): void {
    // A pre-vote names the term that it would stand in, and promises nothing.
    if (message.type === 'pre-vote') return;
    if (message.type !== 'append-entries' && disk.term < message.term) {
      throw new Error(`${from} sent a ${message.type} of term ${message.term} with term ${disk.term} on disk.`);
    }
    if (disk.term !== message.term) return;
    if (message.type === 'request-vote-reply' && message.granted && disk.votedFor !== to) {
      throw new Error(`${from} voted for ${to} with ${disk.votedFor} on disk.`);
    }
    if (message.type === 'request-vote' && disk.votedFor !== from) {
      throw new Error(`${from} asked for votes before its own was on disk.`);
    }
    const isAgreement =
      message.type === 'append-entries-reply' ? message.success : message.type === 'install-snapshot-reply';
    const onDisk = (disk.base?.index ?? 0) + disk.entries.length;
    if (isAgreement && 'matchIndex' in message && onDisk < message.matchIndex) {
      throw new Error(`${from} acknowledged ${message.matchIndex} with ${onDisk} on disk.`);
    }
  }
}

/** A number that stands for a state and what was added to it. */
function mixed(state: number, text: string): number {
  let mix = state ^ 0x9e3779b9;
  for (let position = 0; position < text.length; position++) {
    mix = Math.imul(mix ^ text.charCodeAt(position), 0x01000193);
  }
  return mix >>> 0;
}
