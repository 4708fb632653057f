import type { NodeId } from './entry.ts';
import { InFlight } from './in-flight.ts';
import type { PeerState, ReplicationState } from './raft-state.ts';
import type { SentSnapshot } from './snapshot.ts';

/** {@link PeerState}, as the leader changes it. */
export interface Peer {
  readonly id: NodeId;
  nextIndex: number;
  matchIndex: number;
  state: ReplicationState;
  probeSent: boolean;
  heardUs: number;
  /** What has been sent to it and not been answered. */
  readonly inFlight: InFlight;
  commitSent: number;
  sending: SentSnapshot | undefined;
  round: number;
  /** Whether it is one of the voters; in a joint configuration, of the new ones. */
  isIncoming: boolean;
  /** Whether it is one of the old voters of a joint configuration. */
  isOutgoing: boolean;
}

/** A member of whom nothing is known yet but that it may have answered then. */
export function newPeer(id: NodeId, nextIndex: number, heardUs: number): Peer {
  const state = 'replicate';
  const unknown = {
    matchIndex: 0,
    state,
    probeSent: false,
    inFlight: new InFlight(),
    commitSent: 0,
    round: 0,
  } as const;
  return { id, nextIndex, ...unknown, sending: undefined, heardUs, isIncoming: false, isOutgoing: false };
}

/** Its state, to be kept elsewhere. */
export function savedPeer(peer: Peer): PeerState {
  const { id, nextIndex, matchIndex, state, probeSent, heardUs, inFlight, commitSent, round } = peer;
  const sending = peer.sending && { ...peer.sending };
  return {
    id,
    nextIndex,
    matchIndex,
    state,
    probeSent,
    heardUs,
    inFlight: inFlight.save(),
    commitSent,
    sending,
    round,
  };
}

/** Takes up what {@link savedPeer} gave. */
export function restorePeer(peer: Peer, saved: PeerState): void {
  const sending = saved.sending && { ...saved.sending };
  Object.assign(peer, saved, { inFlight: InFlight.restore(saved.inFlight), sending });
}
