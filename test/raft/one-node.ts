import type { RaftConfig } from '../../src/raft/config.ts';
import type { Configuration } from '../../src/raft/configuration.ts';
import type { Effect } from '../../src/raft/effect.ts';
import type { Entry, NodeId } from '../../src/raft/entry.ts';
import type { RaftEvent } from '../../src/raft/event.ts';
import type { Input } from '../../src/raft/input.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import type {
  AppendEntries,
  AppendEntriesReply,
  InstallSnapshot,
  InstallSnapshotReply,
  Message,
  PreVote,
  PreVoteReply,
  RequestVote,
} from '../../src/raft/message.ts';
import { configurationOf } from '../../src/raft/configuration.ts';
import type { ReadMode } from '../../src/raft/read.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import type { Persisted } from '../../src/raft/raft-state.ts';
import { paperRules } from '../../src/raft/rules.ts';
import type { Rules } from '../../src/raft/rules.ts';

export type EffectOf<Type extends Effect['type']> = Extract<Effect, { readonly type: Type }>;
export type EventOf<Type extends RaftEvent['type']> = Extract<RaftEvent, { readonly type: Type }>;

/** A log told by its terms: `[1, 1, 2]` is three entries, with commands `1/1`, `2/1`, `3/2`. */
export function logOf(...terms: readonly number[]): readonly Entry[] {
  return terms.map((term, position) => entry(position + 1, term));
}

export function entry(index: number, term: number): Entry {
  return { type: 'command', index, term, command: `${index}/${term}` };
}

export function configurationEntry(index: number, term: number, part: Partial<Configuration>): Entry {
  const configuration = { voters: [], outgoing: [], learners: [], leavesByItself: false, ...part };
  return { type: 'configuration', index, term, configuration };
}

export function requestVote(term: number, lastLogIndex: number, lastLogTerm: number): RequestVote {
  return { type: 'request-vote', term, lastLogIndex, lastLogTerm };
}

export function preVote(term: number, lastLogIndex: number, lastLogTerm: number): PreVote {
  return { type: 'pre-vote', term, lastLogIndex, lastLogTerm };
}

export function preVoteReply(term: number, forTerm: number, granted = true): PreVoteReply {
  return { type: 'pre-vote-reply', term, forTerm, granted };
}

export function appendEntries(
  term: number,
  [prevLogIndex, prevLogTerm]: readonly [number, number],
  entries: readonly Entry[] = [],
  leaderCommit = 0,
): AppendEntries {
  return { type: 'append-entries', term, prevLogIndex, prevLogTerm, entries, leaderCommit };
}

export function success(term: number, matchIndex: number, prevLogIndex = 0): AppendEntriesReply {
  return {
    type: 'append-entries-reply',
    term,
    success: true,
    matchIndex,
    prevLogIndex,
    conflictIndex: 0,
    conflictTerm: undefined,
  };
}

/** The agreement of a follower to an append of that round. */
export function echo(term: number, matchIndex: number, round: number): AppendEntriesReply {
  return { ...success(term, matchIndex, matchIndex), round };
}

export function refusal(
  term: number,
  prevLogIndex: number,
  conflictIndex: number,
  conflictTerm?: number,
): AppendEntriesReply {
  return {
    type: 'append-entries-reply',
    term,
    success: false,
    matchIndex: 0,
    prevLogIndex,
    conflictIndex,
    conflictTerm,
  };
}

/** Bytes to tell apart: 0, 1, 2, ... */
export function bytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, position) => position % 256);
}

/** A chunk of a snapshot of {@link bytes}; all of it, unless it is told otherwise. */
export function installSnapshot(
  term: number,
  [lastIndex, lastTerm]: readonly [number, number],
  chunk: { readonly totalBytes?: number; readonly offset?: number; readonly length?: number } = {},
  voters: readonly NodeId[] = ['n1', 'n2', 'n3'],
): InstallSnapshot {
  const { totalBytes = 10, offset = 0, length = totalBytes - offset } = chunk;
  const data = bytes(totalBytes).slice(offset, offset + length);
  const done = offset + length === totalBytes;
  const configuration = configurationOf(voters);
  return { type: 'install-snapshot', term, lastIndex, lastTerm, configuration, totalBytes, offset, data, done };
}

export function installed(
  term: number,
  [lastIndex, lastTerm]: readonly [number, number],
  answer: Partial<Pick<InstallSnapshotReply, 'offset' | 'nextOffset' | 'matchIndex'>> = {},
): InstallSnapshotReply {
  const rest = { offset: 0, nextOffset: 0, matchIndex: 0, ...answer };
  return { type: 'install-snapshot-reply', term, lastIndex, lastTerm, ...rest };
}

export interface OneNodeOptions {
  readonly members?: readonly NodeId[];
  readonly term?: number;
  readonly votedFor?: NodeId;
  readonly log?: readonly Entry[];
  /** What its disk holds beside that. */
  readonly persisted?: Pick<Persisted, 'base' | 'snapshot'>;
  readonly seed?: number;
  readonly config?: Partial<RaftConfig>;
  readonly rules?: Partial<Rules>;
}

/** One node, `n1`, with nobody around it but the test. Writes become durable only when the test says so. */
export class OneNode {
  readonly node: RaftNode;
  readonly config: RaftConfig;
  nowUs = 0;
  /** The effects of the last turn. */
  effects: readonly Effect[] = [];
  /** The sequence of the last write that it asked for. */
  lastSequence = 0;

  constructor(options: OneNodeOptions = {}) {
    const {
      members = ['n1', 'n2', 'n3'],
      term = 0,
      votedFor,
      log = [],
      seed = 1,
      rules = {},
      persisted = {},
    } = options;
    this.config = {
      id: 'n1',
      members,
      electionTimeoutMinUs: 150_000,
      electionTimeoutMaxUs: 300_000,
      heartbeatUs: 50_000,
      maxEntriesPerAppend: 64,
      maxUncommittedEntries: 1_000,
      observe: true,
      ...options.config,
    };
    this.node = new RaftNode(this.config, { term, votedFor, entries: log, ...persisted }, seed, 0, {
      ...paperRules,
      ...rules,
    });
    this.turn();
  }

  turn(...inputs: readonly Input[]): this {
    this.effects = this.node.step(this.nowUs, inputs);
    for (const { sequence } of this.all('persist')) this.lastSequence = sequence;
    return this;
  }

  receive(from: NodeId, message: Message): this {
    return this.turn({ type: 'message', from, message });
  }

  read(mode: ReadMode, ...readIds: readonly number[]): this {
    return this.turn(...readIds.map((readId): Input => ({ type: 'read', readId, mode })));
  }

  propose(...proposalIds: readonly number[]): this {
    return this.turn(
      ...proposalIds.map((proposalId): Input => ({ type: 'propose', proposalId, command: `p${proposalId}` })),
    );
  }

  change(change: MembershipChange): this {
    return this.turn({ type: 'change-membership', change });
  }

  /** All writes so far are durable, or those up to `sequence`. */
  flush(sequence = this.lastSequence): this {
    return this.turn({ type: 'persisted', sequence });
  }

  /** Time goes to the deadline, and the timer fires. */
  timeOut(): this {
    this.nowUs = this.node.deadlineUs;
    return this.turn({ type: 'timer' });
  }

  /** Makes it the leader of the next term, its no-op durable on itself alone. */
  lead(): this {
    this.timeOut().flush();
    const { term } = this.node;
    for (const voter of this.config.members.slice(1)) {
      if (this.node.role !== 'leader') {
        this.receive(voter, { type: 'request-vote-reply', term, granted: true });
      }
    }
    return this;
  }

  all<Type extends Effect['type']>(type: Type): readonly EffectOf<Type>[] {
    return this.effects.filter((effect): effect is EffectOf<Type> => effect.type === type);
  }

  /** The one effect of that type in the last turn; throws if there is none or more. */
  only<Type extends Effect['type']>(type: Type): EffectOf<Type> {
    const found = this.all(type);
    const [first] = found;
    if (first === undefined || found.length > 1) throw new Error(`Expected one ${type}, got ${found.length}.`);
    return first;
  }

  get events(): readonly RaftEvent[] {
    return this.all('event').map(({ event }) => event);
  }

  /** The one event of that type in the last turn; throws if there is none or more. */
  event<Type extends RaftEvent['type']>(type: Type): EventOf<Type> {
    const found = this.events.filter((event): event is EventOf<Type> => event.type === type);
    const [first] = found;
    if (first === undefined || found.length > 1) throw new Error(`Expected one ${type}, got ${found.length}.`);
    return first;
  }

  /** The rounds that the appends of the last turn carry, by receiver. */
  get rounds(): Readonly<Record<NodeId, number | undefined>> {
    const appends = this.all('send').flatMap(({ to, message }) =>
      message.type === 'append-entries' ? [[to, message.round] as const] : [],
    );
    return Object.fromEntries(appends);
  }

  has(type: RaftEvent['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  /** The messages of the last turn, by receiver. */
  get sent(): Readonly<Record<NodeId, Message>> {
    return Object.fromEntries(this.all('send').map(({ to, message }) => [to, message]));
  }

  /** The terms of its log. */
  get terms(): readonly number[] {
    return this.node.log.slice(this.node.log.base.index + 1, this.node.lastIndex).map(({ term }) => term);
  }
}
