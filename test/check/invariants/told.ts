import type { Breach } from '../../../src/check/invariants/breach.ts';
import { InvariantWatch, type InvariantWatchOptions } from '../../../src/check/invariants/invariant-watch.ts';
import { configurationOf, type Configuration } from '../../../src/raft/configuration.ts';
import type { Entry } from '../../../src/raft/entry.ts';
import type { Action } from '../../../src/timeline/action.ts';
import type { AnyMessage, EventBody, TimelineEvent } from '../../../src/timeline/event.ts';
import { defaultRunConfig, type RunConfig } from '../../../src/timeline/run-config.ts';

interface Teller {
  term: number;
  votedFor: string | undefined;
  sequence: number;
  lastIndex: number;
}

/** A timeline that is written down by hand, event for event, whether it can be or not. Each event is a millisecond after the last. */
export class Told {
  readonly events: TimelineEvent[] = [];
  readonly config: RunConfig;
  readonly #tellers = new Map<string, Teller>();
  nowUs = 0;

  constructor(config: Partial<RunConfig> = {}) {
    this.config = { ...defaultRunConfig, nodes: 3, ...config };
  }

  /** What the watch of all invariants makes of it: its first breach. */
  breach(options?: InvariantWatchOptions): Breach | undefined {
    return this.watched(options).breach;
  }

  watched(options?: InvariantWatchOptions): InvariantWatch {
    const watch = new InvariantWatch(this.config, options);
    for (const event of this.events) watch.see(event);
    return watch;
  }

  tell(actor: string, event: EventBody): this {
    this.nowUs += 1_000;
    this.events.push({ atUs: this.nowUs, actor, event });
    return this;
  }

  act(action: Action): this {
    return this.tell('cluster', { type: 'action', action });
  }

  /** Nodes that start with nothing on their disks. */
  born(voters: readonly string[], configuration: Configuration = configurationOf(voters)): this {
    for (const node of voters) this.started(node, { configuration });
    return this;
  }

  started(node: string, what: Partial<Extract<EventBody, { readonly type: 'started' }>> = {}): this {
    const { term, votedFor, lastIndex } = this.#of(node);
    const configuration = configurationOf(['n1', 'n2', 'n3']);
    const event = { term, votedFor, lastIndex, lastTerm: 0, configuration, deadlineUs: 0, ...what };
    Object.assign(this.#of(node), { term: event.term, votedFor: event.votedFor, lastIndex: event.lastIndex });
    return this.tell(node, { type: 'started', ...event });
  }

  /** All that it has said is on its disk. */
  written(...nodes: readonly string[]): this {
    for (const node of nodes) {
      const teller = this.#of(node);
      teller.sequence += 1;
      const { sequence, term, votedFor, lastIndex } = teller;
      this.tell(node, { type: 'disk-write-started', sequence, dueUs: this.nowUs });
      this.tell(node, { type: 'durable', sequence, term, votedFor, durableIndex: lastIndex });
    }
    return this;
  }

  sent(from: string, to: string, message: AnyMessage): this {
    const messageId = `${from}.1.${this.events.length}`;
    return this.tell(from, {
      type: 'message-sent',
      messageId,
      to,
      dueUs: this.nowUs,
      fate: 'sent',
      copy: false,
      message,
    });
  }

  stands(node: string, term: number): this {
    Object.assign(this.#of(node), { term, votedFor: node });
    const { lastIndex } = this.#of(node);
    return this.tell(node, {
      type: 'became-candidate',
      term,
      lastLogIndex: lastIndex,
      lastLogTerm: 0,
      rule: 'election-timeout',
    });
  }

  asksForVotes(node: string, to: string): this {
    const { term, lastIndex } = this.#of(node);
    return this.sent(node, to, { type: 'request-vote', term, lastLogIndex: lastIndex, lastLogTerm: 0 });
  }

  takesOn(node: string, term: number, from: string): this {
    Object.assign(this.#of(node), { term, votedFor: undefined });
    return this.tell(node, { type: 'term-advanced', term, from, rule: 'higher-term' });
  }

  /** It takes on the term, if it is new, and casts its vote, in memory. */
  votes(node: string, candidate: string, term: number): this {
    if (this.#of(node).term < term) this.takesOn(node, term, candidate);
    this.#of(node).votedFor = candidate;
    const log = { lastIndex: 0, lastTerm: 0 };
    return this.tell(node, {
      type: 'vote-cast',
      candidate,
      term,
      granted: true,
      rule: 'vote-free',
      votedFor: candidate,
      candidateLog: log,
      ownLog: log,
    });
  }

  sendsVote(node: string, candidate: string, term: number): this {
    return this.sent(node, candidate, { type: 'request-vote-reply', term, granted: true });
  }

  wins(node: string, term: number): this {
    const { lastIndex } = this.#of(node);
    return this.tell(node, { type: 'became-leader', term, lastIndex, peers: [], rule: 'majority' });
  }

  /** An election as it should be. */
  elects(leader: string, term: number, voters: readonly string[]): this {
    this.stands(leader, term).written(leader);
    for (const voter of voters) {
      this.asksForVotes(leader, voter).votes(voter, leader, term).written(voter).sendsVote(voter, leader, term);
    }
    return this.wins(leader, term);
  }

  appends(node: string, from: string | undefined, ...entries: readonly Entry[]): this {
    this.#of(node).lastIndex = entries.at(-1)?.index ?? 0;
    return this.tell(node, { type: 'entries-appended', entries, from });
  }

  truncates(node: string, fromIndex: number, by: string): this {
    const teller = this.#of(node);
    const { lastIndex } = teller;
    teller.lastIndex = fromIndex - 1;
    return this.tell(node, { type: 'entries-truncated', fromIndex, lastIndex, by, rule: 'overwrite-conflict' });
  }

  /** The leader appends, and these take it over, all on their disks. */
  replicates(leader: string, followers: readonly string[], ...entries: readonly Entry[]): this {
    this.appends(leader, undefined, ...entries).written(leader);
    for (const follower of followers) this.appends(follower, leader, ...entries).written(follower);
    return this;
  }

  commits(node: string, from: number, commitIndex: number, rule: 'commit-majority' | 'commit-from-leader'): this {
    return this.tell(node, { type: 'commit-advanced', from, commitIndex, rule });
  }

  applies(node: string, entry: Entry, repeat = false): this {
    const operation = operationOf(entry);
    const value = operation?.value;
    const result = operation && ({ type: 'ok', value } as const);
    const change = operation === undefined || repeat ? undefined : { key: operation.key, value };
    return this.tell(node, { type: 'applied', entry, result, change, repeat });
  }

  #of(node: string): Teller {
    const known = this.#tellers.get(node);
    if (known !== undefined) return known;
    const teller: Teller = { term: 0, votedFor: undefined, sequence: 0, lastIndex: 0 };
    this.#tellers.set(node, teller);
    return teller;
  }
}

function operationOf(entry: Entry): { readonly key: string; readonly value: string } | undefined {
  if (entry.type !== 'command') return undefined;
  const { operation } = entry.command as { readonly operation: { readonly key: string; readonly value: string } };
  return operation;
}
