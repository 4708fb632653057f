import type { NodeId } from './entry.ts';
import type { Machine } from './machine.ts';
import type { InstallSnapshotReply } from './message.ts';
import { noteEcho } from './read-index.ts';
import { noteAgreement } from './replication.ts';
import { tellSnapshotProgress } from './send-snapshot.ts';
import { advanceTerm } from './step-down.ts';

/** A leader's side of a snapshot: the next chunk, or the log again once the peer holds all that the snapshot replaces. */
export function handleInstallSnapshotReply(machine: Machine, from: NodeId, message: InstallSnapshotReply): void {
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
  if (message.matchIndex > 0) {
    noteAgreement(machine, peer, message.type, message.matchIndex);
    return;
  }
  const { sending } = peer;
  const { offset, nextOffset } = message;
  // Only the answer to the chunk that is under way counts, so what comes late does not send the leader back.
  const isFresh =
    sending?.underWay === true &&
    sending.heldBytes === offset &&
    sending.snapshot.index === message.lastIndex &&
    sending.snapshot.term === message.lastTerm &&
    nextOffset <= sending.snapshot.data.length;
  if (!isFresh) {
    machine.ignore(from, message.type, 'late-reply');
    return;
  }
  sending.underWay = false;
  if (nextOffset === sending.heldBytes) return;
  sending.heldBytes = nextOffset;
  tellSnapshotProgress(machine, peer);
}
