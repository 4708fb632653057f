import { SNAPSHOT_CHUNK_BYTES } from './config.ts';
import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import { tellProgress } from './progress.ts';
import { withRound } from './read-index.ts';

/** Whether the leader has forgotten the entry that goes before the next one for that peer, so that only a snapshot helps (§7). */
export function needsSnapshot({ log, snapshot }: Machine, { state, nextIndex }: Peer): boolean {
  return state === 'snapshot' || (nextIndex <= log.base.index && snapshot !== undefined);
}

/**
 * At the end of a leader's turn, to a peer that needs the snapshot: its next chunk, one at a time. The heartbeat says a
 * chunk again that nobody has answered, so what was lost comes again, and the peer hears from its leader. Says whether
 * anything was sent.
 */
export function sendSnapshot(machine: Machine, peer: Peer): boolean {
  const sending = peer.sending ?? begin(machine, peer);
  if (sending === undefined || (sending.underWay && !machine.heartbeatDue)) return false;
  const { snapshot, heldBytes: offset } = sending;
  const { index: lastIndex, term: lastTerm, configuration } = snapshot;
  const totalBytes = snapshot.data.length;
  // A copy, because a message to a worker would carry all that a view looks on.
  const data = snapshot.data.slice(offset, offset + (machine.config.snapshotChunkBytes ?? SNAPSHOT_CHUNK_BYTES));
  const done = offset + data.length === totalBytes;
  const { term } = machine;
  const place = { term, lastIndex, lastTerm, configuration, totalBytes, offset } as const;
  machine.send(peer.id, withRound(machine, { type: 'install-snapshot', ...place, data, done }), 0);
  sending.underWay = true;
  return true;
}

/** What the peer is known to hold of the snapshot has changed. */
export function tellSnapshotProgress(machine: Machine, { id, sending }: Peer): void {
  if (!machine.observe || sending === undefined) return;
  const { snapshot, heldBytes } = sending;
  const { index, data } = snapshot;
  const totalBytes = data.length;
  machine.tell({ type: 'snapshot-progress', peer: id, index, heldBytes, totalBytes, rule: 'snapshot-chunk' });
}

function begin(machine: Machine, peer: Peer): Peer['sending'] {
  const { snapshot } = machine;
  if (snapshot === undefined) return undefined;
  peer.sending = { snapshot, heldBytes: 0, underWay: false };
  peer.state = 'snapshot';
  peer.probeSent = false;
  peer.inFlight.clear();
  peer.nextIndex = snapshot.index + 1;
  tellProgress(machine, peer, 'snapshot-needed');
  tellSnapshotProgress(machine, peer);
  return peer.sending;
}
