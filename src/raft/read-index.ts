import { assertUnreachable } from './assert-unreachable.ts';
import type { NodeId } from './entry.ts';
import { extendLease, holdsLease, waitsOutLease } from './lease.ts';
import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import type { AppendEntries, InstallSnapshot, Message, ReadIndex } from './message.ts';
import { quorumReach } from './quorum.ts';
import type { ReadMode } from './read.ts';
import { MAX_OPEN_ROUNDS, MAX_PENDING_READS, type WaitingRead } from './read-state.ts';
import { refuseRead } from './reads.ts';
import { advanceTerm } from './step-down.ts';

/** A read that is not to go through the log (thesis 6.4). It ends as a `read-ready` or a `read-refused`. */
export function handleRead(machine: Machine, readId: number, mode: ReadMode): void {
  switch (mode) {
    case 'read-index':
    case 'lease':
      if (machine.role !== 'leader') refuseOne(machine, readId, 'not-leader');
      else if (mode === 'lease' && mayAnswerByLease(machine)) answerByLease(machine, readId);
      else takeRead(machine, readId, undefined);
      break;
    case 'follower':
      if (machine.leader === undefined) refuseOne(machine, readId, 'no-leader');
      else takeRead(machine, readId, undefined);
      break;
    default:
      assertUnreachable(mode);
  }
}

/** A follower asks for the index that its reads are to wait for. */
export function handleReadIndex(machine: Machine, from: NodeId, message: ReadIndex): void {
  const standing = machine.rules.compareTerms(message.term, machine.term);
  if (standing === 'higher') advanceTerm(machine, message.term, from);
  if (standing !== 'current' || machine.role !== 'leader') {
    refuseRead(machine, message.token, from, 'not-leader');
    return;
  }
  const { waiting } = machine.reads;
  const earlier = waiting.findIndex((read) => read.from === from);
  if (waiting[earlier]?.readId === message.token) {
    machine.ignore(from, message.type, 'late-reply');
    return;
  }
  // It asks one thing at a time: what it asked before, it no longer waits for.
  if (earlier >= 0) waiting.splice(earlier, 1);
  takeRead(machine, message.token, from);
}

function refuseOne(machine: Machine, readId: number, reason: 'not-leader' | 'no-leader' | 'too-many-pending'): void {
  refuseRead(machine, readId, undefined, reason);
  tellRefused(machine, reason);
}

function tellRefused(machine: Machine, reason: 'not-leader' | 'no-leader' | 'too-many-pending'): void {
  if (!machine.observe) return;
  const rule = reason === 'too-many-pending' ? 'read-bound' : 'read-leader';
  machine.tell({ type: 'reads-refused', reads: 1, reason, waiting: machine.reads.waiting.length, rule });
}

function takeRead(machine: Machine, readId: number, from: NodeId | undefined): void {
  const { waiting } = machine.reads;
  if (waiting.length >= MAX_PENDING_READS) {
    refuseRead(machine, readId, from, 'too-many-pending');
    tellRefused(machine, 'too-many-pending');
    return;
  }
  waiting.push({ readId, from, round: 0, index: machine.commitIndex });
  if (!machine.observe) return;
  const rule = machine.role !== 'leader' ? 'read-forwarded' : knowsCommitted(machine) ? 'read-index' : 'read-own-term';
  machine.tell({ type: 'read-taken', from, waiting: waiting.length, rule });
}

/** Until an entry of its own term is committed, a leader does not know what is (thesis 6.4). */
function knowsCommitted({ log, commitIndex, term, rules }: Machine): boolean {
  return rules.mayAnswerReads(log.termAt(commitIndex) ?? 0, term);
}

function mayAnswerByLease(machine: Machine): boolean {
  return holdsLease(machine) && !waitsOutLease(machine) && knowsCommitted(machine);
}

function answerByLease(machine: Machine, readId: number): void {
  const { commitIndex: index, reads } = machine;
  machine.effect({ type: 'read-ready', readId, index, via: 'lease' });
  if (machine.observe) {
    machine.tell({ type: 'reads-ready', reads: 1, index, via: 'lease', waiting: reads.waiting.length, rule: 'lease' });
  }
}

/**
 * At the end of a leader's turn, before it sends: with a heartbeat, or at once where none is under way, a new round begins
 * for all reads that have come since the last one did. Tells whether one did.
 */
export function beginsRound(machine: Machine): boolean {
  const { reads, config } = machine;
  if (config.lease === undefined && reads.waiting.length === 0) return false;
  const unsent = reads.waiting.some(({ round }) => round === 0) && knowsCommitted(machine);
  const isIdle = reads.round === reads.confirmedRound;
  if (unsent ? !isIdle && !machine.heartbeatDue : config.lease === undefined || !machine.heartbeatDue) return false;
  // Every peer is to get this round's number, be it with an empty append.
  machine.heartbeatDue = true;
  if (reads.open.length >= MAX_OPEN_ROUNDS) return false;
  reads.round += 1;
  reads.open.push({ round: reads.round, sentUs: machine.nowUs });
  if (unsent) noteReadIndex(machine);
  return true;
}

/** The reads that have come wait for this round, and will be answered as of what is committed now. */
function noteReadIndex(machine: Machine): void {
  const { reads } = machine;
  let count = 0;
  for (const read of reads.waiting) {
    if (read.round !== 0) continue;
    read.round = reads.round;
    read.index = machine.commitIndex;
    count += 1;
  }
  if (!machine.observe) return;
  const { round, waiting } = reads;
  machine.tell({
    type: 'read-round-started',
    round,
    index: machine.commitIndex,
    reads: count,
    waiting: waiting.length,
    rule: 'read-index',
  });
}

/**
 * A leader's message with the number of its present round, and the length of its lease where there are any; as it is while
 * nobody waits for an echo.
 */
export function withRound<Sent extends AppendEntries | InstallSnapshot>(
  { reads, config }: Machine,
  message: Sent,
): Sent {
  const { round, confirmedRound } = reads;
  if (config.lease !== undefined) return { ...message, round, leaseUs: config.lease.durationUs };
  return round > confirmedRound ? { ...message, round } : message;
}

/** A peer has answered an append of that round, and so had not turned to another leader when the round began. */
export function noteEcho(
  machine: Machine,
  peer: Peer,
  { round = 0, type }: Message & { readonly round?: number },
): void {
  if (round > machine.reads.round) {
    machine.ignore(peer.id, type, 'not-understood');
    return;
  }
  if (round <= peer.round) return;
  peer.round = round;
  confirmRounds(machine);
}

/** What a majority has echoed (in a joint configuration both, §6) is confirmed. */
export function confirmRounds(machine: Machine): void {
  const { reads } = machine;
  const reached = quorumReach(machine, reads.round, roundOf);
  if (reached <= reads.confirmedRound) return;
  reads.confirmedRound = reached;
  let last = reads.open[0];
  for (let first = last; first !== undefined && first.round <= reached; first = reads.open[0]) {
    last = first;
    reads.open.shift();
  }
  if (last !== undefined && last.round <= reached) extendLease(machine, last.round, last.sentUs);
  releaseReads(machine);
}

const roundOf = ({ round }: Peer): number => round;

function releaseReads(machine: Machine): void {
  const { reads, rules } = machine;
  if (reads.waiting.length === 0) return;
  const ready: WaitingRead[] = [];
  const kept: WaitingRead[] = [];
  for (const read of reads.waiting) {
    (rules.confirmsRound(reads.confirmedRound, read.round) ? ready : kept).push(read);
  }
  if (ready.length === 0) return;
  reads.waiting.splice(0, Infinity, ...kept);
  let index = 0;
  for (const read of ready) {
    index = Math.max(index, read.index);
    if (read.from === undefined) {
      machine.effect({ type: 'read-ready', readId: read.readId, index: read.index, via: 'read-index' });
    } else {
      const { term } = machine;
      machine.send(read.from, { type: 'read-index-reply', term, token: read.readId, index: read.index }, 0);
    }
  }
  if (!machine.observe) return;
  const { length: waiting } = kept;
  const via = 'read-index';
  machine.tell({ type: 'reads-ready', reads: ready.length, index, via, waiting, rule: 'read-confirmed' });
}
