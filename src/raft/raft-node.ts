import { handleAppendEntries } from './append-entries.ts';
import { assertUnreachable } from './assert-unreachable.ts';
import { handleChangeMembership, isDone, leaveJointIfDue, stepDownRemoved } from './change-membership.ts';
import type { RaftConfig } from './config.ts';
import type { Configuration } from './configuration.ts';
import type { Effect } from './effect.ts';
import { handleRequestVote, handleRequestVoteReply, leadIfElected } from './election.ts';
import type { NodeId } from './entry.ts';
import type { Role } from './event.ts';
import type { Input } from './input.ts';
import { handleInstallSnapshotReply } from './install-snapshot-reply.ts';
import { handleInstallSnapshot } from './install-snapshot.ts';
import { askReadIndex, handleReadIndexReply } from './follower-read.ts';
import { checkQuorum } from './leader-contact.ts';
import { checkLease, leaseWaitEnds, promiseOfRestart, wakeWhenLeaseEnds } from './lease.ts';
import type { LeaseState } from './lease-state.ts';
import type { ReadonlyLog } from './log.ts';
import { Machine } from './machine.ts';
import type { Message } from './message.ts';
import { electionTimedOut, handlePreVote, handlePreVoteReply } from './pre-vote.ts';
import { beginsRound, confirmRounds, handleRead, handleReadIndex } from './read-index.ts';
import type { Persisted, Progress, RaftState, Transfer } from './raft-state.ts';
import {
  advanceCommit,
  handleAppendEntriesReply,
  handleProposal,
  requestHeartbeat,
  sendAppends,
} from './replication.ts';
import { paperRules } from './rules.ts';
import type { Rules } from './rules.ts';
import { restoredMachine, savedMachine } from './saved-machine.ts';
import type { ReceivedSnapshot, Snapshot } from './snapshot.ts';
import { handleSnapshotTaken } from './take-snapshot.ts';
import { handleTimeoutNow } from './timeout-now.ts';
import { checkTransfer, handleTransferLeadership } from './transfer.ts';
import { isWellFormed, nameOf } from './well-formed.ts';

/**
 * One Raft node: a pure, deterministic state machine. It has no clock, no timer, no randomness and no I/O of its own:
 * inputs come in with the time, effects go out as data. Two nodes with the same configuration, disk, seed and inputs
 * make the same effects.
 */
export class RaftNode {
  private machine: Machine;

  /**
   * A node that starts, as a follower, on what its disk held. `seed` is an unsigned 32-bit integer; nodes of one cluster
   * may share it. A disk that holds an impossible log makes a node that halts at its first turn.
   */
  constructor(config: RaftConfig, persisted: Persisted, seed: number, nowUs: number, rules: Rules = paperRules) {
    this.machine = Machine.create(config, persisted, seed, nowUs, rules);
  }

  /** A node that goes on where {@link RaftNode.save} was called. `config` is to be the same, but for `observe`. */
  static restore(config: RaftConfig, state: RaftState, rules: Rules = paperRules): RaftNode {
    const node = new RaftNode(config, { term: 0, votedFor: undefined, entries: [] }, 0, 0, rules);
    node.machine = restoredMachine(config, state, rules);
    return node;
  }

  /** All that the node knows, as plain data that shares nothing changeable with it. Call it between two turns. */
  save(): RaftState {
    return savedMachine(this.machine);
  }

  /**
   * One turn: the inputs are handled in order, and the effects come out, in order: what was told and answered on the
   * way, then at most one `persist`, the `send`s, and at most one `apply`. A peer gets at most one AppendEntries a turn.
   * The first turn, which may have no inputs, begins with the `started` event. A halted node does nothing.
   */
  step(nowUs: number, inputs: readonly Input[]): readonly Effect[] {
    const { machine } = this;
    machine.beginTurn(nowUs);
    if (!machine.started) start(machine);
    for (const input of inputs) {
      if (machine.halted !== undefined) break;
      handleInput(machine, input);
    }
    if (machine.halted === undefined) {
      if (machine.role === 'leader') endLeadersTurn(machine);
      else if (machine.reads.waiting.length > 0) askReadIndex(machine);
    }
    return machine.endTurn();
  }

  /** When it wants a `timer` input: its election deadline, or a leader's next heartbeat. Infinity once it has halted. */
  get deadlineUs(): number {
    return this.machine.halted === undefined ? this.machine.deadlineUs : Infinity;
  }

  get id(): NodeId {
    return this.machine.config.id;
  }

  get role(): Role {
    return this.machine.role;
  }

  get term(): number {
    return this.machine.term;
  }

  get votedFor(): NodeId | undefined {
    return this.machine.votedFor;
  }

  /** Who leads this term, as far as the node knows; itself if it does. */
  get leader(): NodeId | undefined {
    return this.machine.leader;
  }

  get commitIndex(): number {
    return this.machine.commitIndex;
  }

  /** The last entry that it has put into an `apply` effect. */
  get lastApplied(): number {
    return this.machine.lastApplied;
  }

  get lastIndex(): number {
    return this.machine.log.lastIndex;
  }

  /** The log up to here is on its own disk. */
  get durableIndex(): number {
    return this.machine.durability.durableIndex;
  }

  get log(): ReadonlyLog {
    return this.machine.log;
  }

  /**
   * Who answered its candidacy and how, itself included; kept by the leader it became, empty on a follower. On a
   * pre-candidate: who would vote for it.
   */
  get votes(): ReadonlyMap<NodeId, boolean> {
    return this.machine.votes;
  }

  /** By whom it goes: the last configuration in its log, committed or not (thesis 4.1). */
  get configuration(): Configuration {
    return this.machine.configuration;
  }

  /** Where in its log the configuration stands; 0 for the one that it was born with. */
  get configurationIndex(): number {
    return this.machine.configurationIndex;
  }

  /** The last snapshot that it took or was given. */
  get snapshot(): Snapshot | undefined {
    return this.machine.snapshot;
  }

  /** The snapshot that a leader is giving it, as far as it has come. */
  get receiving(): ReceivedSnapshot | undefined {
    return this.machine.receiving;
  }

  /** What a leader knows of a peer; undefined on others, and for who is not a peer. */
  progress(peer: NodeId): Progress | undefined {
    return this.machine.role === 'leader' ? this.machine.peer(peer) : undefined;
  }

  /** To whom this leader is handing its lead over, and until when; undefined while it is not. */
  get transfer(): Transfer | undefined {
    return this.machine.transfer;
  }

  /** What it knows of leases, by its own clock. */
  get lease(): Readonly<LeaseState> {
    return this.machine.lease;
  }

  /** How many reads wait on it. */
  get waitingReads(): number {
    return this.machine.reads.waiting.length;
  }

  /** Why it takes no further input; undefined while all is well. */
  get halted(): string | undefined {
    return this.machine.halted;
  }
}

function start(machine: Machine): void {
  machine.started = true;
  const { term, votedFor, log, deadlineUs } = machine;
  if (machine.observe) {
    const { lastIndex, lastTerm } = log;
    const { configuration, snapshot } = machine;
    const { base } = log;
    machine.tell({
      type: 'started',
      term,
      votedFor,
      lastIndex,
      lastTerm,
      configuration,
      deadlineUs,
      ...(snapshot && { snapshot: { index: snapshot.index, term: snapshot.term, bytes: snapshot.data.length } }),
      ...(base.index > 0 && { base }),
    });
  }
  if (machine.halted !== undefined) machine.halt(machine.halted);
  else if (machine.snapshot !== undefined) machine.effect({ type: 'restore', snapshot: machine.snapshot });
  if (machine.halted !== undefined) return;
  machine.commitTo(machine.rules.committedAtStart(machine.commitIndex, machine.log.lastIndex), 'commit-at-start');
  promiseOfRestart(machine);
}

/** A leader looks whether it may still lead, and then sends what it owes. */
function endLeadersTurn(machine: Machine): void {
  if (machine.config.checkQuorum === true) {
    checkQuorum(machine);
    if (machine.role !== 'leader') return;
  }
  if (machine.config.lease !== undefined) {
    checkLease(machine);
    if (machine.role !== 'leader') return;
    if (leaseWaitEnds(machine)) advanceCommit(machine);
  }
  if (machine.transfer !== undefined) checkTransfer(machine);
  if (machine.isJoint) leaveJointIfDue(machine);
  const done = isDone(machine);
  // Its last word is that its removal is committed.
  if (done) requestHeartbeat(machine);
  const began = beginsRound(machine);
  sendAppends(machine);
  // A leader that is its own majority needs nobody's echo.
  if (began) confirmRounds(machine);
  if (done) stepDownRemoved(machine);
  else wakeWhenLeaseEnds(machine);
}

function handleInput(machine: Machine, input: Input): void {
  switch (input.type) {
    case 'message':
      handleMessage(machine, input.from, input.message);
      break;
    case 'timer':
      if (machine.nowUs < machine.deadlineUs) break;
      if (machine.role === 'leader') requestHeartbeat(machine);
      else electionTimedOut(machine);
      break;
    case 'propose':
      handleProposal(machine, input.proposalId, input.command);
      break;
    case 'persisted':
      handlePersisted(machine, input.sequence);
      break;
    case 'time-out-now':
      if (machine.role !== 'leader') electionTimedOut(machine);
      break;
    case 'transfer-leadership':
      handleTransferLeadership(machine, input.to);
      break;
    case 'change-membership':
      handleChangeMembership(machine, input.change);
      break;
    case 'snapshot-taken':
      handleSnapshotTaken(machine, input.index, input.data);
      break;
    case 'read':
      handleRead(machine, input.readId, input.mode);
      break;
    default:
      assertUnreachable(input);
  }
}

/**
 * Whoever asks is heard, member of this node's configuration or not: a node may not know yet that it, or the other, has
 * become one (thesis 4.1). Answers and orders count only from a peer.
 */
function mayHear(machine: Machine, from: NodeId, type: Message['type']): boolean {
  if (from === machine.config.id || typeof from !== 'string' || from === '') return false;
  if (type === 'request-vote' || type === 'pre-vote') return true;
  if (type === 'append-entries' || type === 'install-snapshot') return true;
  return machine.peer(from) !== undefined;
}

function handleMessage(machine: Machine, from: NodeId, message: Message): void {
  if (!isWellFormed(message) || !mayHear(machine, from, message.type)) {
    machine.ignore(from, nameOf(message), 'not-understood');
    return;
  }
  switch (message.type) {
    case 'request-vote':
      handleRequestVote(machine, from, message);
      break;
    case 'request-vote-reply':
      handleRequestVoteReply(machine, from, message);
      break;
    case 'append-entries':
      handleAppendEntries(machine, from, message);
      break;
    case 'append-entries-reply':
      handleAppendEntriesReply(machine, from, message);
      break;
    case 'pre-vote':
      handlePreVote(machine, from, message);
      break;
    case 'pre-vote-reply':
      handlePreVoteReply(machine, from, message);
      break;
    case 'timeout-now':
      handleTimeoutNow(machine, from, message);
      break;
    case 'install-snapshot':
      handleInstallSnapshot(machine, from, message);
      break;
    case 'install-snapshot-reply':
      handleInstallSnapshotReply(machine, from, message);
      break;
    case 'read-index':
      handleReadIndex(machine, from, message);
      break;
    case 'read-index-reply':
      handleReadIndexReply(machine, from, message);
      break;
    default:
      assertUnreachable(message);
  }
}

/** The disk has got so far. Only now does this node count itself among those who hold an entry, or its vote for itself. */
function handlePersisted(machine: Machine, sequence: number): void {
  const { durability } = machine;
  if (sequence > durability.sequence) {
    machine.halt(`Its disk confirms write ${sequence}, but it has asked for no more than ${durability.sequence}.`);
    return;
  }
  const write = durability.complete(sequence);
  if (write === undefined) return;
  if (machine.observe) {
    const { term, votedFor } = write;
    machine.tell({ type: 'durable', sequence: write.sequence, term, votedFor, durableIndex: durability.durableIndex });
  }
  if (machine.role === 'leader') advanceCommit(machine);
  else leadIfElected(machine);
}
