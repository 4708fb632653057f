import type { NodeId } from './entry.ts';

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
  /** On a leader: what was committed when it came, or when its round began, which is to be applied before it is answered. */
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
