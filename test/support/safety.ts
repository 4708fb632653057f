import type { Entry, NodeId } from '../../src/raft/entry.ts';
import type { Simulator } from '../../src/sim/simulator.ts';
import type { AnyMessage, EventBody, TimelineEvent } from '../../src/timeline/event.ts';

/**
 * The five properties of Figure 3, that nobody votes twice in a term, and that what a message promises is on the disk of
 * its sender, watched at every step of a run. It keeps what was ever true, so that a breach shows
 * even when the nodes that were part of it are gone. Throws at the first breach, with the evidence.
 */
export class SafetyWatch {
  /** Term to leader. */
  readonly #leaders = new Map<number, NodeId>();
  /** `index/term` to the entry and the term before it: equal for all who ever held it (Log Matching by induction). */
  readonly #entries = new Map<string, string>();
  /** Index to the entry that was committed there. */
  readonly #committed: (Entry | undefined)[] = [];
  readonly #applied = new Map<number, string>();
  /** `node/term` to the candidate that had its vote. */
  readonly #votes = new Map<string, NodeId>();
  readonly #leading = new Map<
    NodeId,
    { readonly term: number; readonly incarnation: number; lastIndex: number; lastTerm: number }
  >();
  /** How many committed entries, leaders and applied entries were seen: a watch that saw nothing proves nothing. */
  readonly seen = { leaders: 0, committed: 0, applied: 0, truncated: 0, restored: 0 };
  /** The store after each index, as all who apply the log up to there have it. */
  readonly #stores: string[] = ['[]'];
  readonly #store = new Map<string, string>();

  check(simulator: Simulator, events: readonly TimelineEvent[]): void {
    for (const { actor, event } of events) {
      switch (event.type) {
        case 'message-sent':
          this.#promise(simulator, actor, event.to, event.message);
          break;
        case 'became-leader':
          this.#electionSafety(actor, event.term);
          this.#leaderCompleteness(simulator, actor, event.term);
          break;
        case 'entries-appended':
          for (const entry of event.entries) this.#logMatching(simulator, actor, entry);
          break;
        case 'entries-truncated':
          this.seen.truncated += 1;
          break;
        case 'commit-advanced':
          this.#commit(simulator, actor, event.from, event.commitIndex, events);
          break;
        case 'applied':
          this.#stateMachineSafety(actor, event.entry);
          this.#note(event);
          break;
        case 'store-restored':
          this.#restored(actor, event);
          break;
        case 'halted':
          throw new Error(`${actor} halted: ${event.reason}`);
        default:
          break;
      }
    }
    this.#leaderAppendOnly(simulator);
  }

  /** §5.2: at most one leader a term. */
  #electionSafety(node: NodeId, term: number): void {
    const other = this.#leaders.get(term);
    if (other !== undefined && other !== node) {
      throw new Error(`Election Safety: ${other} and ${node} both lead term ${term}`);
    }
    this.#leaders.set(term, node);
    this.seen.leaders += 1;
  }

  /** §5.2: a node votes at most once a term, whatever becomes of it in between. */
  #oneVote(node: NodeId, term: number, candidate: NodeId): void {
    const key = `${node}/${term}`;
    const other = this.#votes.get(key);
    if (other !== undefined && other !== candidate) {
      throw new Error(`One vote a term: ${node} voted for ${other} and for ${candidate} in term ${term}`);
    }
    this.#votes.set(key, candidate);
  }

  /** Figure 2: what an answer rests on is on the disk before it leaves. A disk that is further on may have forgotten it rightly. */
  #promise(simulator: Simulator, node: NodeId, to: NodeId, message: AnyMessage): void {
    if (message.type === 'request-vote-reply' && message.granted) this.#oneVote(node, message.term, to);
    // Its own vote counts from when it asks for others: before, it may forget it with all else that is not on its disk.
    if (message.type === 'request-vote') this.#oneVote(node, message.term, node);
    const disk = simulator.disks.get(node)?.load();
    if (disk === undefined) return;
    const isVote = message.type === 'request-vote-reply' && message.granted;
    const isAcknowledgement =
      (message.type === 'append-entries-reply' && message.success) || message.type === 'install-snapshot-reply';
    if (!isVote && !isAcknowledgement && message.type !== 'request-vote') return;
    const kept =
      disk.term > message.term ||
      (disk.term === message.term &&
        (!isVote || disk.votedFor === to) &&
        (!isAcknowledgement || (disk.base?.index ?? 0) + disk.entries.length >= message.matchIndex));
    if (!kept) throw new Error(`On disk first: ${node} sent ${JSON.stringify(message)} to ${to} before it was durable`);
  }

  /** §5.3: a leader never overwrites or deletes entries of its log. */
  #leaderAppendOnly(simulator: Simulator): void {
    for (const [id, { core }] of simulator.nodes) {
      if (core.role !== 'leader') {
        this.#leading.delete(id);
        continue;
      }
      const incarnation = simulator.world.machines[id]?.incarnation ?? 0;
      const before = this.#leading.get(id);
      const { lastIndex, log } = core;
      if (before !== undefined && before.term === core.term && before.incarnation === incarnation) {
        if (lastIndex < before.lastIndex || log.termAt(before.lastIndex) !== before.lastTerm) {
          throw new Error(`Leader Append-Only: ${id}, leader of term ${core.term}, lost entry ${before.lastIndex}`);
        }
      }
      this.#leading.set(id, { term: core.term, incarnation, lastIndex, lastTerm: log.lastTerm });
    }
  }

  /** §5.3: who holds an entry of the same index and term holds the same entry, and the same before it. */
  #logMatching(simulator: Simulator, node: NodeId, entry: Entry): void {
    const before = simulator.nodes.get(node)?.core.log.termAt(entry.index - 1);
    // What stood before it was compacted away in the very step in which it came: nothing is left to compare.
    if (before === undefined) return;
    const content = JSON.stringify({ entry, before });
    const key = `${entry.index}/${entry.term}`;
    const known = this.#entries.get(key);
    if (known !== undefined && known !== content) {
      throw new Error(`Log Matching: at ${key} ${node} holds ${content}, another held ${known}`);
    }
    this.#entries.set(key, content);
  }

  #commit(simulator: Simulator, node: NodeId, from: number, to: number, events: readonly TimelineEvent[]): void {
    for (let index = from + 1; index <= to; index += 1) {
      // What was applied, put into a snapshot and forgotten in this very step stands only in its events.
      const entry = simulator.nodes.get(node)?.core.log.entryAt(index) ?? appliedAt(events, node, index);
      const known = this.#committed[index];
      if (entry === undefined) throw new Error(`${node} committed ${index}, which it does not hold`);
      if (known !== undefined && known.term !== entry.term) {
        throw new Error(
          `Two entries committed at ${index}: of term ${known.term} and, by ${node}, of term ${entry.term}`,
        );
      }
      this.#committed[index] = entry;
      this.seen.committed += 1;
    }
  }

  /** §5.4: a leader holds every entry that was committed in an earlier term. */
  #leaderCompleteness(simulator: Simulator, node: NodeId, term: number): void {
    const log = simulator.nodes.get(node)?.core.log;
    for (const entry of this.#committed) {
      // What it has compacted away was committed, and is in its snapshot: its store was compared when it was applied.
      if (entry === undefined || entry.term >= term || entry.index <= (log?.base.index ?? 0)) continue;
      if (log?.termAt(entry.index) !== entry.term) {
        throw new Error(`Leader Completeness: ${node}, leader of term ${term}, lacks committed entry ${entry.index}`);
      }
    }
  }

  /** The first to apply an entry shows what the store is after it. */
  #note({ entry, change }: Extract<EventBody, { readonly type: 'applied' }>): void {
    if (entry.index !== this.#stores.length) return;
    if (change?.value === undefined) this.#store.delete(change?.key ?? '');
    else this.#store.set(change.key, change.value);
    this.#stores.push(JSON.stringify([...this.#store]));
  }

  /** §7: what a snapshot brings is what applying the log up to there has brought, keys in the same order. */
  #restored(node: NodeId, { index, entries }: Extract<EventBody, { readonly type: 'store-restored' }>): void {
    const content = JSON.stringify(entries);
    if (content !== this.#stores[index]) {
      throw new Error(`State Machine Safety: ${node} restored ${content} for ${index}, not ${this.#stores[index]}`);
    }
    this.seen.restored += 1;
  }

  /** §5.4.3: no two nodes apply different entries at one index. */
  #stateMachineSafety(node: NodeId, entry: Entry): void {
    const content = JSON.stringify(entry);
    const known = this.#applied.get(entry.index);
    if (known !== undefined && known !== content) {
      throw new Error(`State Machine Safety: at ${entry.index} ${node} applied ${content}, another ${known}`);
    }
    this.#applied.set(entry.index, content);
    this.seen.applied += 1;
  }
}

function appliedAt(events: readonly TimelineEvent[], node: NodeId, index: number): Entry | undefined {
  for (const { actor, event } of events) {
    if (actor === node && event.type === 'applied' && event.entry.index === index) return event.entry;
  }
  return undefined;
}
