import type { RaftConfig } from './config.ts';
import { Durability } from './durability.ts';
import type { Effect } from './effect.ts';
import type { Entry, NodeId } from './entry.ts';
import type { RaftEvent, Role } from './event.ts';
import { faultInLog, Log } from './log.ts';
import type { Message } from './message.ts';
import { between, createRandom } from './random.ts';
import type { Random } from './random.ts';
import type { PeerState, Persisted, RaftState, Transfer } from './raft-state.ts';
import type { RuleId } from './rule-book.ts';
import type { Rules } from './rules.ts';

/** {@link PeerState}, as the leader changes it. */
export interface Peer {
  readonly id: NodeId;
  nextIndex: number;
  matchIndex: number;
  probing: boolean;
  probeSent: boolean;
  heardUs: number;
}

/** The write that a turn ends with, while it is still being gathered. */
type GatheredWrite = { -readonly [Key in keyof PersistEffect]: PersistEffect[Key] };
type PersistEffect = Extract<Effect, { type: 'persist' }>;

const noEntries: readonly Entry[] = [];

/**
 * A node's state, and the few ways to change it that keep its parts together: the vote with its term, the log with what
 * is durable, each with its event. The handlers (election, append-entries, replication) are functions over it.
 */
export class Machine {
  readonly config: RaftConfig;
  readonly rules: Rules;
  /** Whether events are made. Whoever tells one asks first, so that an unobserved node builds none. */
  readonly observe: boolean;
  /** The other members, in their fixed order. */
  readonly peers: readonly Peer[];

  started = false;
  halted: string | undefined = undefined;
  term: number;
  votedFor: NodeId | undefined;
  role: Role = 'follower';
  leader: NodeId | undefined = undefined;
  readonly log: Log;
  commitIndex = 0;
  lastApplied = 0;
  /** Who answered this candidacy, and how. */
  readonly votes = new Map<NodeId, boolean>();
  readonly durability: Durability;
  readonly random: Random;
  deadlineUs = 0;
  leaderHeardUs: number | undefined = undefined;
  transfer: Transfer | undefined = undefined;
  /** A leader need not count whom it has heard from before that moment. Not saved: it follows from the peers. */
  quorumUntilUs = 0;

  // What a turn gathers, until it ends.
  nowUs = 0;
  /** A leader owes every peer an append in this turn, be it empty. */
  heartbeatDue = false;
  private effects: Effect[] = [];
  /** This turn's write: it stands before all that waits for it, and is filled in when the turn ends. */
  private write: GatheredWrite | undefined = undefined;
  /** The first index of the log that this turn changed, 0 if none, and where the log ended before. */
  private touchedFrom = 0;
  private lastIndexBefore = 0;

  constructor(config: RaftConfig, persisted: Persisted, random: Random, rules: Rules, durability?: Durability) {
    this.config = config;
    this.rules = rules;
    this.observe = config.observe;
    this.peers = config.members.filter((id) => id !== config.id).map((id) => newPeer(id));
    this.term = persisted.term;
    this.votedFor = persisted.votedFor;
    this.log = new Log(persisted.entries.slice());
    this.durability = durability ?? new Durability(this.log.lastIndex);
    this.random = random;
  }

  /** A node as it starts on its disk. A disk that holds nonsense halts it, at its first turn. */
  static create(config: RaftConfig, persisted: Persisted, seed: number, nowUs: number, rules: Rules): Machine {
    const machine = new Machine(config, persisted, createRandom(seed, 'raft', config.id), rules);
    machine.deadlineUs = nowUs + machine.drawElectionTimeout();
    const fault = faultInLog(persisted.entries, persisted.term);
    if (fault !== undefined) machine.halted = `Its disk holds a log that cannot be: ${fault}.`;
    return machine;
  }

  static restore(config: RaftConfig, state: RaftState, rules: Rules): Machine {
    const machine = new Machine(config, state, { ...state.random }, rules, Durability.restore(state.durability));
    machine.started = state.started;
    machine.halted = state.halted;
    machine.role = state.role;
    machine.leader = state.leader;
    machine.commitIndex = state.commitIndex;
    machine.lastApplied = state.lastApplied;
    machine.deadlineUs = state.deadlineUs;
    machine.leaderHeardUs = state.leaderHeardUs;
    machine.transfer = state.transfer;
    for (const [voter, granted] of state.votes) machine.votes.set(voter, granted);
    for (const peer of machine.peers) {
      const saved = state.peers.find(({ id }) => id === peer.id);
      if (saved !== undefined) Object.assign(peer, saved);
    }
    return machine;
  }

  save(): RaftState {
    return {
      started: this.started,
      halted: this.halted,
      term: this.term,
      votedFor: this.votedFor,
      role: this.role,
      leader: this.leader,
      entries: this.log.slice(1, this.log.lastIndex),
      commitIndex: this.commitIndex,
      lastApplied: this.lastApplied,
      votes: [...this.votes],
      peers: this.peers.map((peer): PeerState => ({ ...peer })),
      durability: this.durability.save(),
      random: { ...this.random },
      deadlineUs: this.deadlineUs,
      leaderHeardUs: this.leaderHeardUs,
      transfer: this.transfer,
    };
  }

  /** The peer of that name; undefined for this node itself and for strangers. */
  peer(id: NodeId): Peer | undefined {
    for (const peer of this.peers) {
      if (peer.id === id) return peer;
    }
    return undefined;
  }

  beginTurn(nowUs: number): void {
    this.nowUs = nowUs;
    this.effects = [];
    this.lastIndexBefore = this.log.lastIndex;
  }

  /** The effects of the turn, complete. */
  endTurn(): readonly Effect[] {
    const { effects, write, log } = this;
    this.heartbeatDue = false;
    if (this.halted !== undefined) return effects.filter(({ type }) => type !== 'persist' && type !== 'send');
    if (write !== undefined) {
      write.sequence = this.durability.begin(this.term, this.votedFor, log.lastIndex);
      write.term = this.term;
      write.votedFor = this.votedFor;
      if (this.touchedFrom > 0) {
        if (this.touchedFrom <= this.lastIndexBefore) write.truncateFrom = this.touchedFrom;
        write.entries = log.slice(this.touchedFrom, log.lastIndex);
      }
      this.write = undefined;
      this.touchedFrom = 0;
    }
    if (this.lastApplied < this.commitIndex) {
      effects.push({ type: 'apply', entries: log.slice(this.lastApplied + 1, this.commitIndex) });
      this.lastApplied = this.commitIndex;
    }
    return effects;
  }

  private touch(): void {
    if (this.write !== undefined) return;
    const { term, votedFor } = this;
    this.write = { type: 'persist', sequence: 0, term, votedFor, truncateFrom: undefined, entries: noEntries };
    this.effects.push(this.write);
  }

  /** Call it only where `observe` is set. */
  tell(event: RaftEvent): void {
    this.effects.push({ type: 'event', event });
  }

  ignore(from: NodeId, messageType: string, rule: RuleId): void {
    if (this.observe) this.tell({ type: 'message-ignored', from, messageType, rule });
  }

  effect(effect: Effect): void {
    this.effects.push(effect);
  }

  send(to: NodeId, message: Message, afterSequence: number): void {
    this.effects.push({ type: 'send', to, message, afterSequence });
  }

  /** Sends an answer as soon as the write that it rests on is durable. */
  answer(to: NodeId, message: Message, dependsOnSequence: number): void {
    this.send(to, message, this.rules.leavesAfter(dependsOnSequence, this.durability.durableSequence));
  }

  /**
   * Something happened that cannot happen: from here on the node does nothing. What the turn had yet to write and say is
   * lost, as in a crash. The event is made even where no others are, so that no host can miss it.
   */
  halt(reason: string): void {
    this.halted = reason;
    this.tell({ type: 'halted', reason });
  }

  setTermAndVote(term: number, votedFor: NodeId | undefined): void {
    if (term === this.term && votedFor === this.votedFor) return;
    this.term = term;
    this.votedFor = votedFor;
    this.touch();
    this.durability.voteChanged();
  }

  /** Adds at least one entry at the end of the log. The array is shared from now on. */
  append(entries: readonly Entry[]): void {
    this.touchFrom(this.log.lastIndex + 1);
    this.log.append(entries);
  }

  truncateFrom(index: number): void {
    this.touchFrom(index);
    this.log.truncateFrom(index);
    this.durability.truncateFrom(index);
  }

  private touchFrom(index: number): void {
    this.touch();
    if (this.touchedFrom === 0 || index < this.touchedFrom) this.touchedFrom = index;
  }

  /** Never backwards. Past the end of the log only a wrong rule can lead, and that stops the node. */
  commitTo(index: number, rule: RuleId): void {
    if (index <= this.commitIndex) return;
    if (index > this.log.lastIndex) {
      this.halt(`It was to commit up to entry ${index}, but its log ends at ${this.log.lastIndex}.`);
      return;
    }
    const from = this.commitIndex;
    this.commitIndex = index;
    if (this.observe) this.tell({ type: 'commit-advanced', commitIndex: index, from, rule });
  }

  setDeadline(deadlineUs: number): void {
    if (deadlineUs === this.deadlineUs) return;
    this.deadlineUs = deadlineUs;
    if (this.observe) this.tell({ type: 'timer-set', deadlineUs });
  }

  /** A new wait, of a new random length, so that split votes are rare and do not repeat (§5.2). */
  resetElectionTimer(): void {
    this.setDeadline(this.nowUs + this.drawElectionTimeout());
  }

  private drawElectionTimeout(): number {
    return between(this.random, this.config.electionTimeoutMinUs, this.config.electionTimeoutMaxUs);
  }
}

function newPeer(id: NodeId): Peer {
  return { id, nextIndex: 1, matchIndex: 0, probing: false, probeSent: false, heardUs: 0 };
}
