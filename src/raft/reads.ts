import type { NodeId } from './entry.ts';
import type { ReadRefusal } from './read.ts';
import type { Machine } from './machine.ts';

/** The most reads that wait on one node; one beyond is refused. */
export const MAX_PENDING_READS = 1_000;

/** The most rounds whose answers a leader waits for; while there are so many, the last one is sent again. */
export const MAX_OPEN_ROUNDS = 128;

/** A read that waits. */
export interface WaitingRead {
  /** The caller's name for it, or, of a read that a follower has forwarded, the follower's token. */
  readonly readId: number;
  /** The follower that forwarded it; undefined for one of this node's own. */
  readonly from: NodeId | undefined;
  /** On a leader the round, on a follower the token, with which it will be answered; 0 while none has been sent. */
  round: number;
  /** What is to be applied before it is answered, once its round has begun. */
  index: number;
}

/** A round of appends, by the leader's own number for it. */
export interface OpenRound {
  readonly round: number;
  /** When its first message left. */
  readonly sentUs: number;
}

/** All that a node knows of the reads that wait on it. Plain data. */
export interface ReadState {
  /** The last round that this leader began; it counts from 1 in each lead, and nobody else chooses the numbers. */
  round: number;
  /** The last round that a majority has echoed. */
  confirmedRound: number;
  /** Those that no majority has echoed, oldest first, at most {@link MAX_OPEN_ROUNDS}. */
  readonly open: OpenRound[];
  /** In order of arrival, at most {@link MAX_PENDING_READS}. */
  readonly waiting: WaitingRead[];
  /** Of a follower: the token of its next question, never one that it, or it before a restart, has used. */
  nextToken: number;
  /** Of a follower: the question that the leader has yet to answer. */
  asked: { readonly token: number; readonly askedUs: number } | undefined;
}

export function noReads(firstToken: number): ReadState {
  return { round: 0, confirmedRound: 0, open: [], waiting: [], nextToken: firstToken, asked: undefined };
}

export function copyOfReads(state: ReadState): ReadState {
  return { ...state, open: [...state.open], waiting: state.waiting.map((read) => ({ ...read })) };
}

/** A lead begins: its rounds count from 1, and nobody has echoed one. */
export function beginReads({ reads, peers }: Machine): void {
  reads.round = 0;
  reads.confirmedRound = 0;
  reads.open.length = 0;
  for (const peer of peers) peer.round = 0;
}

/** Whoever it was that could have answered leads no more, or leads from now on: what waits is refused. */
export function endReads(machine: Machine, reason: ReadRefusal): void {
  const { reads } = machine;
  reads.asked = undefined;
  reads.open.length = 0;
  if (reads.waiting.length === 0) return;
  const ended = reads.waiting.splice(0);
  for (const { readId, from } of ended) refuseRead(machine, readId, from, reason);
  if (machine.observe) {
    machine.tell({ type: 'reads-refused', reads: ended.length, reason, waiting: 0, rule: 'read-ends' });
  }
}

/** Tells whoever asked that the read will not be answered. */
export function refuseRead(machine: Machine, readId: number, from: NodeId | undefined, reason: ReadRefusal): void {
  if (from === undefined) {
    machine.effect({ type: 'read-refused', readId, reason, leader: machine.leader });
  } else {
    const reply = { type: 'read-index-reply', term: machine.term, token: readId, index: undefined } as const;
    machine.answer(from, reply, machine.durability.voteSequence);
  }
}
