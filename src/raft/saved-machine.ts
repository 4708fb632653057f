import type { RaftConfig } from './config.ts';
import { Durability } from './durability.ts';
import { Machine } from './machine.ts';
import { restorePeer, savedPeer } from './peer.ts';
import type { RaftState } from './raft-state.ts';
import { copyOfReads } from './read-state.ts';
import type { Rules } from './rules.ts';
import type { ReceivedSnapshot } from './snapshot.ts';

/** A node between two turns, as plain data that nobody writes into any more. */
export function savedMachine(machine: Machine): RaftState {
  const { log } = machine;
  return {
    started: machine.started,
    halted: machine.halted,
    term: machine.term,
    votedFor: machine.votedFor,
    role: machine.role,
    leader: machine.leader,
    entries: log.slice(log.base.index + 1, log.lastIndex),
    base: log.base,
    snapshot: machine.snapshot,
    commitIndex: machine.commitIndex,
    lastApplied: machine.lastApplied,
    votes: [...machine.votes],
    peers: machine.peers.map(savedPeer),
    durability: machine.durability.save(),
    random: { ...machine.random },
    deadlineUs: machine.deadlineUs,
    leaderHeardUs: machine.leaderHeardUs,
    transfer: machine.transfer,
    receiving: machine.receiving && savedReceipt(machine.receiving),
    reads: copyOfReads(machine.reads),
    lease: { ...machine.lease },
  };
}

/** The same node again. */
export function restoredMachine(config: RaftConfig, state: RaftState, rules: Rules): Machine {
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
  machine.receiving = state.receiving;
  machine.reads = copyOfReads(state.reads);
  machine.lease = { ...state.lease };
  for (const [voter, granted] of state.votes) machine.votes.set(voter, granted);
  for (const peer of machine.peers) {
    const saved = state.peers.find(({ id }) => id === peer.id);
    if (saved !== undefined) restorePeer(peer, saved);
  }
  return machine;
}

/** The room for what has not come yet is left out, so that nobody writes into what another reads. */
function savedReceipt(receiving: ReceivedSnapshot): ReceivedSnapshot {
  return { ...receiving, buffer: receiving.buffer.slice(0, receiving.heldBytes) };
}
