import { removeFrom } from './append-entries.ts';
import { exceededLimit } from './back-pressure.ts';
import type { Command, Entry, NodeId } from './entry.ts';
import { sizeOfEntries } from './entry-size.ts';
import { endOfAppend, isWindowFull, owesCommit, probeIfSilent } from './flow-control.ts';
import { beginLease, waitsOutLease } from './lease.ts';
import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import type { AppendEntries, AppendEntriesReply } from './message.ts';
import { tellProgress } from './progress.ts';
import { mayHaveReached, quorumReach } from './quorum.ts';
import { needsSnapshot, sendSnapshot } from './send-snapshot.ts';
import { noteEcho, withRound } from './read-index.ts';
import { beginReads } from './reads.ts';
import { advanceTerm } from './step-down.ts';
import { transferIfCaughtUp } from './transfer.ts';

/**
 * The lead of a term begins (§5.2): nothing is known of the peers yet, and an empty entry of the new term goes first,
 * for by counting only entries of this term can be committed, and all before them with them (§5.4.2, §8).
 */
export function beginLeadership(machine: Machine): void {
  const { log, term, config, rules } = machine;
  machine.role = 'leader';
  machine.leader = config.id;
  const kept = rules.logOfNewLeader(log.lastIndex, machine.commitIndex);
  if (kept < log.lastIndex) removeFrom(machine, kept + 1, config.id);
  for (const peer of machine.peers) {
    peer.nextIndex = log.lastIndex + 1;
    peer.matchIndex = 0;
    peer.state = 'replicate';
    peer.probeSent = false;
    peer.sending = undefined;
    peer.heardUs = machine.nowUs;
    peer.inFlight.clear();
    peer.commitSent = 0;
  }
  machine.quorumUntilUs = 0;
  if (machine.observe) {
    const peers = machine.peers.map(({ id }) => id);
    machine.tell({ type: 'became-leader', term, lastIndex: log.lastIndex, peers, rule: 'majority' });
  }
  beginReads(machine);
  beginLease(machine);
  if (rules.opensWithNoOp()) appendOwn(machine, { type: 'no-op', index: log.lastIndex + 1, term });
  requestHeartbeat(machine);
}

/** Every peer gets an append when this turn ends, be it an empty one. */
export function requestHeartbeat(machine: Machine): void {
  machine.heartbeatDue = true;
  machine.setDeadline(machine.nowUs + machine.config.heartbeatUs);
}

/** A client's command: only a leader takes it, and only so many ahead of what is committed. */
export function handleProposal(machine: Machine, proposalId: number, command: Command): void {
  const { log, term } = machine;
  if (machine.role !== 'leader') {
    machine.effect({ type: 'proposal-refused', proposalId, reason: 'not-leader', leader: machine.leader });
    return;
  }
  if (machine.transfer !== undefined) {
    machine.effect({ type: 'proposal-refused', proposalId, reason: 'transferring', leader: machine.leader });
    return;
  }
  const limit = exceededLimit(machine);
  if (limit !== undefined) {
    machine.effect({ type: 'proposal-refused', proposalId, reason: 'too-many-pending', leader: machine.leader, limit });
    return;
  }
  const index = log.lastIndex + 1;
  appendOwn(machine, { type: 'command', index, term, command });
  machine.effect({ type: 'proposal-accepted', proposalId, index, term });
}

/** A leader only ever adds to its log (§5.3, Leader Append-Only). */
function appendOwn(machine: Machine, entry: Entry): void {
  machine.append([entry], undefined);
}

/**
 * At the end of a leader's turn: to every peer that lacks entries, one append. It is sent at once, while the leader's
 * own disk is still busy with the same entries, and what follows does not wait for the answer (thesis 10.2.1), as long as
 * the peer's window has room. The commit index rides along.
 */
export function sendAppends(machine: Machine): void {
  const { heartbeatDue, peers, config } = machine;
  const { lastIndex } = machine.log;
  const eager = config.eagerCommit === true;
  let message: AppendEntries | undefined;
  let bytes = 0;
  let sent = 0;
  for (const peer of peers) {
    if (heartbeatDue) probeIfSilent(machine, peer);
    if (needsSnapshot(machine, peer)) {
      if (sendSnapshot(machine, peer)) sent++;
      continue;
    }
    const lacks = peer.nextIndex <= lastIndex;
    if (!lacks && !heartbeatDue && !eager) continue;
    const full = isWindowFull(machine, peer);
    if (!heartbeatDue && !(lacks && !full) && !(eager && owesCommit(machine, peer))) continue;
    const prevLogIndex = peer.nextIndex - 1;
    // A probe is said again with the heartbeat; past a full window only an empty one goes.
    const end = full && peer.state === 'replicate' ? prevLogIndex : endOfAppend(machine, prevLogIndex);
    // Peers that are equally far get the same message, built once.
    if (message === undefined || message.prevLogIndex !== prevLogIndex || endOf(message) !== end) {
      message = appendFor(machine, prevLogIndex, end);
      bytes = sizeOfEntries(machine.config, message.entries);
    }
    machine.send(peer.id, message, 0);
    sent++;
    noteSent(machine, peer, message, bytes);
  }
  // Where there are leases, only a new round puts the next one off: what carries the number of an old one renews none.
  const counts = config.lease === undefined || heartbeatDue;
  if (counts && sent === peers.length && sent > 0) machine.setDeadline(machine.nowUs + config.heartbeatUs);
}

function endOf({ prevLogIndex, entries }: AppendEntries): number {
  return prevLogIndex + entries.length;
}

function appendFor(machine: Machine, prevLogIndex: number, end: number): AppendEntries {
  const { log } = machine;
  return withRound(machine, {
    type: 'append-entries',
    term: machine.term,
    prevLogIndex,
    prevLogTerm: log.termAt(prevLogIndex) ?? 0,
    entries: log.slice(prevLogIndex + 1, end),
    leaderCommit: machine.commitIndex,
  });
}

function noteSent(machine: Machine, peer: Peer, message: AppendEntries, bytes: number): void {
  peer.commitSent = message.leaderCommit;
  if (peer.state === 'probe') {
    peer.probeSent = true;
  } else if (message.entries.length > 0) {
    peer.nextIndex += message.entries.length;
    peer.inFlight.add(peer.nextIndex - 1, bytes);
    if (machine.observe) tellProgress(machine, peer, isWindowFull(machine, peer) ? 'window-full' : 'pipelining');
  }
}

export function handleAppendEntriesReply(machine: Machine, from: NodeId, message: AppendEntriesReply): void {
  const standing = machine.rules.compareTerms(message.term, machine.term);
  if (standing === 'higher') {
    advanceTerm(machine, message.term, from);
    return;
  }
  const peer = machine.peer(from);
  if (standing === 'stale' || machine.role !== 'leader' || peer === undefined) {
    machine.ignore(from, message.type, standing === 'stale' ? 'stale-term' : 'late-reply');
    return;
  }
  peer.heardUs = machine.nowUs;
  if (message.round !== undefined) noteEcho(machine, peer, message);
  if (message.success) {
    noteAgreement(machine, peer, message.type, message.matchIndex);
  } else {
    backOff(machine, peer, message);
  }
}

/** The peer's log agrees up to matchIndex. Answers may come late, twice or out of order: what is known only grows. */
export function noteAgreement(machine: Machine, peer: Peer, messageType: string, matchIndex: number): void {
  if (matchIndex > machine.log.lastIndex) {
    machine.ignore(peer.id, messageType, 'not-understood');
    return;
  }
  const wasGiven = peer.state === 'snapshot' && matchIndex >= machine.log.base.index;
  if (wasGiven) {
    // Whatever it still lacks stands in the log. An agreement short of that leaves the snapshot under way.
    peer.sending = undefined;
    peer.state = 'replicate';
    peer.nextIndex = Math.max(matchIndex, peer.matchIndex) + 1;
  } else if (peer.state === 'snapshot' && matchIndex >= (peer.sending?.snapshot.index ?? 0)) {
    // The log was compacted further meanwhile: the next snapshot follows.
    peer.sending = undefined;
  }
  if (peer.state !== 'snapshot' && matchIndex >= peer.nextIndex - 1) {
    peer.state = 'replicate';
    peer.probeSent = false;
  }
  if (matchIndex <= peer.matchIndex) {
    if (wasGiven) tellProgress(machine, peer, 'match-index');
    else if (matchIndex < peer.matchIndex) machine.ignore(peer.id, messageType, 'late-reply');
    return;
  }
  peer.matchIndex = matchIndex;
  peer.inFlight.freeUpTo(matchIndex);
  if (peer.nextIndex <= matchIndex) peer.nextIndex = matchIndex + 1;
  tellProgress(machine, peer, 'match-index');
  if (matchIndex > machine.commitIndex) advanceCommit(machine);
  if (machine.transfer !== undefined) transferIfCaughtUp(machine, peer.id);
}

/**
 * The peer lacks what its entries were to follow: go back (§5.3, last paragraphs), and until the logs agree send one
 * append at a time, for whatever is sent beyond would be refused as well. For the same reason a refusal counts only if it
 * answers what was sent last, so the many that answer a pipeline make the leader go back once.
 */
function backOff(machine: Machine, peer: Peer, message: AppendEntriesReply): void {
  const { prevLogIndex, conflictIndex, conflictTerm } = message;
  const fresh =
    peer.state !== 'snapshot' &&
    (peer.state === 'probe' ? prevLogIndex === peer.nextIndex - 1 : prevLogIndex < peer.nextIndex);
  if (!fresh || prevLogIndex <= peer.matchIndex) {
    machine.ignore(peer.id, message.type, 'late-reply');
    return;
  }
  const { base } = machine.log;
  const lastOfTerm = conflictTerm === undefined ? 0 : machine.log.lastIndexOf(conflictTerm);
  const back = machine.rules.nextIndexAfterRefusal(conflictIndex, lastOfTerm);
  // Where terms contradict each other, the logs may still agree on the last place that this one knows of.
  const wanted = conflictTerm !== undefined && prevLogIndex > base.index ? Math.max(back, base.index + 1) : back;
  // At least one step back, never behind what is known to agree.
  peer.nextIndex = Math.max(peer.matchIndex + 1, Math.min(wanted, prevLogIndex));
  peer.state = 'probe';
  peer.probeSent = false;
  peer.inFlight.clear();
  tellProgress(machine, peer, 'next-index-back-off');
}

/** Commits what stands on a majority (in a joint configuration on both, §6), if it is of the leader's own term (§5.3, §5.4.2). */
export function advanceCommit(machine: Machine): void {
  if (waitsOutLease(machine)) return;
  const own = machine.rules.ownMatchIndex(machine.durability.durableIndex, machine.log.lastIndex);
  // Most answers come before there is a majority, or after.
  if (!mayHaveReached(machine, own, matchIndexOf, machine.commitIndex + 1)) return;
  const index = quorumReach(machine, own, matchIndexOf);
  if (index > machine.commitIndex && machine.rules.mayCommit(machine.log.termAt(index) ?? 0, machine.term)) {
    machine.commitTo(index, 'commit-majority');
  }
}

const matchIndexOf = ({ matchIndex }: Peer): number => matchIndex;
