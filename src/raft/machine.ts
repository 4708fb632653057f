import type { RaftConfig } from './config.ts';
import { ConfigurationHistory } from './configuration-history.ts';
import { isJoint, isSameConfiguration, membersOf } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import { Durability } from './durability.ts';
import type { Effect } from './effect.ts';
import type { Entry, NodeId } from './entry.ts';
import type { RaftEvent, Role } from './event.ts';
import { inFlightLimit } from './in-flight.ts';
import { beginning, faultInLog, Log } from './log.ts';
import type { Message } from './message.ts';
import { noLease } from './lease-state.ts';
import { between, createRandom, nextUint32 } from './random.ts';
import type { Random } from './random.ts';
import { newPeer } from './peer.ts';
import type { Peer } from './peer.ts';
import type { Persisted, Transfer } from './raft-state.ts';
import { noReads } from './read-state.ts';
import type { RuleId } from './rule-book.ts';
import type { Rules } from './rules.ts';
import { faultInSnapshot } from './snapshot.ts';
import type { LogPlace, ReceivedSnapshot, Snapshot } from './snapshot.ts';
import type { Uncommitted } from './uncommitted.ts';

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
  /** The most appends with entries under way to one peer, and with how many bytes no more are sent. */
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
  /** The other members of the configuration: voters, those on their way out, learners. */
  peers: readonly Peer[] = [];
  /** The one that was looked for last: an answer is looked up more than once. */
  private foundPeer: Peer | undefined = undefined;
  /** Whether it is itself one of the voters, and one of the old voters of a joint configuration. */
  isIncoming = false;
  isOutgoing = false;
  /** Whether two majorities have to agree. */
  isJoint = false;

  started = false;
  halted: string | undefined = undefined;
  term: number;
  votedFor: NodeId | undefined;
  role: Role = 'follower';
  leader: NodeId | undefined = undefined;
  readonly log: Log;
  /** The last snapshot that it took or was given (§7). */
  snapshot: Snapshot | undefined;
  private readonly configurations: ConfigurationHistory;
  commitIndex: number;
  lastApplied: number;
  /** Who answered this candidacy, and how. */
  readonly votes = new Map<NodeId, boolean>();
  readonly durability: Durability;
  readonly random: Random;
  deadlineUs = 0;
  leaderHeardUs: number | undefined = undefined;
  transfer: Transfer | undefined = undefined;
  /** The snapshot that a leader is giving it, as far as it has come (Figure 13). */
  receiving: ReceivedSnapshot | undefined = undefined;
  reads = noReads(1);
  lease = noLease();
  /** A leader need not count whom it has heard from before that moment. Not saved: it follows from the peers. */
  quorumUntilUs = 0;
  /** On a leader: how many bytes are not committed. Not saved: it follows from the log. */
  readonly uncommitted: Uncommitted = { term: 0, bytes: 0, from: 0, to: 0 };

  // What a turn gathers, until it ends.
  nowUs = 0;
  /** A leader owes every peer an append in this turn, be it empty. */
  heartbeatDue = false;
  private effects: Effect[] = [];
  /** This turn's write: it stands before all that waits for it, and is filled in when the turn ends. */
  private write: GatheredWrite | undefined = undefined;
  /** The first index of the log that this turn changed, 0 if none, and where the log ended before. */
  private touchedFrom = 0;
  /** Where the log began before this turn replaced the whole of it, 0 if it did not. */
  private replacedFrom = 0;
  private lastIndexBefore = 0;

  constructor(config: RaftConfig, persisted: Persisted, random: Random, rules: Rules, durability?: Durability) {
    this.config = config;
    this.rules = rules;
    this.observe = config.observe;
    this.maxInflightMessages = inFlightLimit(config);
    this.maxInflightBytes = config.maxInflightBytes ?? Infinity;
    this.term = persisted.term;
    this.votedFor = persisted.votedFor;
    this.log = new Log(persisted.entries.slice(), persisted.base ?? beginning);
    this.snapshot = persisted.snapshot;
    // What a snapshot replaces is committed, and it holds what the state machine had made of it.
    this.commitIndex = this.snapshot?.index ?? 0;
    this.lastApplied = this.commitIndex;
    this.configurations = ConfigurationHistory.of(config.members, persisted, rules);
    this.followConfiguration();
    this.durability = durability ?? new Durability(this.log.lastIndex);
    this.random = random;
  }

  /** A node as it starts on its disk. A disk that holds nonsense halts it, at its first turn. */
  static create(config: RaftConfig, persisted: Persisted, seed: number, nowUs: number, rules: Rules): Machine {
    const machine = new Machine(config, persisted, createRandom(seed, 'raft', config.id), rules);
    machine.deadlineUs = nowUs + machine.drawElectionTimeout();
    const fault =
      faultInLog(persisted.entries, persisted.term, persisted.base) ??
      faultInSnapshot(machine.snapshot, machine.log.base, machine.log.lastIndex);
    // A generator of their own keeps tokens apart from those before a restart, and leaves the election timeouts as they are.
    machine.reads.nextToken = nextUint32(createRandom(seed, 'reads', config.id)) * TOKENS_PER_START;
    if (fault !== undefined) machine.halted = `Its disk holds a log that cannot be: ${fault}.`;
    return machine;
  }

  /** By whom it goes (§6, thesis 4.1): the last configuration in its log, committed or not. */
  get configuration(): Configuration {
    return this.configurations.last.configuration;
  }

  /** Where in the log the configuration stands; 0 for the one that it was born with. */
  get configurationIndex(): number {
    return this.configurations.last.index;
  }

  /** The one before it in the log; where none is left, the same. */
  get configurationBefore(): Configuration {
    return this.configurations.before.configuration;
  }

  /** The configuration that held at `index`, which is not before the base of the log. */
  configurationAt(index: number): Configuration {
    return this.configurations.at(index).configuration;
  }

  /** The peer of that name; undefined for this node itself and for strangers. */
  peer(id: NodeId): Peer | undefined {
    if (this.foundPeer?.id === id) return this.foundPeer;
    for (const peer of this.peers) {
      if (peer.id === id) {
        this.foundPeer = peer;
        return peer;
      }
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
      write.votedFor = this.rules.voteOnDisk(this.votedFor);
      if (this.touchedFrom > 0) {
        if (this.touchedFrom <= this.lastIndexBefore) write.truncateFrom = this.touchedFrom;
        write.entries = log.slice(Math.max(this.touchedFrom, log.base.index + 1), log.lastIndex);
      }
      if (this.replacedFrom > 0) write.truncateFrom = this.replacedFrom;
      this.write = undefined;
      this.touchedFrom = 0;
      this.replacedFrom = 0;
    }
    if (this.lastApplied < this.commitIndex) {
      effects.push({ type: 'apply', entries: log.slice(this.lastApplied + 1, this.commitIndex) });
      this.lastApplied = this.commitIndex;
    }
    return effects;
  }

  private touch(): GatheredWrite {
    if (this.write !== undefined) return this.write;
    const { term, votedFor } = this;
    this.write = { type: 'persist', sequence: 0, term, votedFor, truncateFrom: undefined, entries: noEntries };
    this.effects.push(this.write);
    return this.write;
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

  /** Tells that entries are here as soon as they are durable. */
  acknowledge(to: NodeId, message: Message, dependsOnSequence: number): void {
    this.send(to, message, this.rules.acknowledgesAfter(dependsOnSequence, this.durability.durableSequence));
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

  /** Adds at least one entry at the end of the log, on a leader its own (`from` undefined). The array is shared from now on. */
  append(entries: readonly Entry[], from: NodeId | undefined): void {
    this.touchFrom(this.log.lastIndex + 1);
    this.log.append(entries);
    if (this.observe) this.tell({ type: 'entries-appended', entries, from });
    for (const entry of entries) {
      if (entry.type !== 'configuration') continue;
      const { isJoint: wasJoint } = this;
      this.configurations.add({ index: entry.index, configuration: entry.configuration });
      this.configurationChanged(ruleOfChange(wasJoint, isJoint(entry.configuration)));
    }
  }

  truncateFrom(index: number): void {
    this.touchFrom(index);
    this.log.truncateFrom(index);
    this.durability.truncateFrom(index);
    if (this.configurations.undoFrom(index)) this.configurationChanged('configuration-undone');
  }

  /** Keeps a snapshot in place of the one before (§7). The log is left as it is. */
  keepSnapshot(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.touch().snapshot = snapshot;
  }

  /** Forgets the log up to `index`, if it holds that entry (§7). */
  compactTo(index: number): void {
    const term = this.log.termAt(index);
    if (index <= this.log.base.index || term === undefined) return;
    const place: LogPlace = { index, term };
    this.touch().compactTo = place;
    this.log.compactTo(place);
    this.configurations.compactTo(index);
    if (this.observe) this.tell({ type: 'log-compacted', index, term, rule: 'snapshot' });
  }

  /** The whole log and the state machine make room for a snapshot (Figure 13, 7 and 8). All up to its end is committed. */
  replaceLog(snapshot: Snapshot): void {
    const { index, term } = snapshot;
    if (this.replacedFrom === 0) this.replacedFrom = this.log.base.index + 1;
    this.touchedFrom = 0;
    this.touch().compactTo = { index, term };
    this.log.reset({ index, term });
    this.durability.reset();
    this.commitIndex = index;
    this.lastApplied = index;
    this.effects.push({ type: 'restore', snapshot });
  }

  /** The configuration that a snapshot holds is the one that held at its end, whatever this node went by (§7). */
  takeConfiguration({ index, configuration }: Snapshot): void {
    const before = this.configuration;
    const taken = this.rules.configurationAfterSnapshot(configuration, this.configurationAt(index));
    this.configurations.beginAt({ index, configuration: taken }, this.log.lastIndex);
    if (!isSameConfiguration(before, this.configuration)) this.configurationChanged('configuration-from-snapshot');
  }

  private configurationChanged(rule: RuleId): void {
    this.followConfiguration();
    if (!this.observe) return;
    const { index, configuration } = this.configurations.last;
    this.tell({ type: 'configuration-changed', index, configuration, rule });
  }

  /** Makes the peers those of the configuration. Of who stays, what is known stays too. */
  private followConfiguration(): void {
    const { configuration } = this;
    const { voters, outgoing } = configuration;
    const { id: self } = this.config;
    this.isIncoming = voters.includes(self);
    this.isOutgoing = outgoing.includes(self);
    this.isJoint = isJoint(configuration);
    // Other voters, another majority to have been heard from.
    this.quorumUntilUs = 0;
    const others = membersOf(configuration).filter((id) => id !== self);
    const present = others.map((id) => {
      const peer = this.peer(id) ?? newPeer(id, this.log.lastIndex + 1, this.nowUs);
      peer.isIncoming = this.rules.hasVote(voters.includes(id));
      peer.isOutgoing = outgoing.includes(id);
      return peer;
    });
    this.peers = present;
    this.foundPeer = undefined;
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
    // What a snapshot under way would replace has come entry by entry.
    if (this.receiving !== undefined && this.receiving.index <= index) this.receiving = undefined;
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

/** Room for the questions of one life; with 32 random bits in front of them they stay exact. */
const TOKENS_PER_START = 2 ** 20;

/** Why another configuration holds. */
function ruleOfChange(wasJoint: boolean, joint: boolean): RuleId {
  if (wasJoint === joint) return 'configuration-on-append';
  return joint ? 'joint-consensus' : 'joint-left';
}
