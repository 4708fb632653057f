import { followLeader } from './append-entries.ts';
import { MAX_SNAPSHOT_BYTES } from './config.ts';
import type { NodeId } from './entry.ts';
import { echoing, hearOfLease } from './leader-word.ts';
import type { Machine } from './machine.ts';
import type { InstallSnapshot, InstallSnapshotReply } from './message.ts';
import type { ReceivedSnapshot, Snapshot } from './snapshot.ts';
import { advanceTerm } from './step-down.ts';

/** A follower's side of a snapshot (§7; Figure 13, InstallSnapshot RPC, receiver implementation). */
export function handleInstallSnapshot(machine: Machine, from: NodeId, message: InstallSnapshot): void {
  const { rules } = machine;
  const standing = rules.compareTerms(message.term, machine.term);
  if (standing === 'stale') {
    if (rules.answersStale()) answer(machine, from, message, 0, 0);
    return;
  }
  if (standing === 'higher') advanceTerm(machine, message.term, from);
  if (!followLeader(machine, from)) return;
  machine.leaderHeardUs = machine.nowUs;
  machine.resetElectionTimer();
  hearOfLease(machine, from, message.leaseUs);

  if (rules.isStaleSnapshot(message.lastIndex, machine.commitIndex)) {
    // What is committed here is what the snapshot holds, so the leader may count on it.
    machine.ignore(from, message.type, 'snapshot-stale');
    answer(machine, from, message, message.totalBytes, message.lastIndex);
  } else if (message.totalBytes > (machine.config.maxSnapshotBytes ?? MAX_SNAPSHOT_BYTES)) {
    machine.ignore(from, message.type, 'not-understood');
  } else {
    takeChunk(machine, from, message);
  }
}

/** Puts the snapshot together. A chunk that is not the next one changes nothing; its answer says which one is. */
function takeChunk(machine: Machine, from: NodeId, message: InstallSnapshot): void {
  const held = heldOf(machine, from, message);
  if (!machine.rules.takesChunk(message.offset, held?.heldBytes ?? 0)) {
    machine.ignore(from, message.type, 'snapshot-chunk');
    answer(machine, from, message, held?.heldBytes ?? 0, 0);
    return;
  }
  const receiving = withChunk(held, from, message);
  const { heldBytes, totalBytes } = receiving;
  if (machine.observe) {
    const { lastIndex: index } = message;
    machine.tell({ type: 'snapshot-chunk-taken', from, index, heldBytes, totalBytes, rule: 'snapshot-chunk' });
  }
  if (!message.done) {
    machine.receiving = receiving;
    answer(machine, from, message, heldBytes, 0);
    return;
  }
  machine.receiving = undefined;
  const { lastIndex: index, lastTerm: term, configuration } = message;
  const data = receiving.buffer.subarray(0, heldBytes);
  install(machine, from, { index, term, configuration, data });
  answer(machine, from, message, totalBytes, index);
}

/** What has come so far of the very snapshot that the message is of. */
function heldOf({ receiving }: Machine, from: NodeId, message: InstallSnapshot): ReceivedSnapshot | undefined {
  if (receiving === undefined) return undefined;
  const isSame =
    receiving.from === from &&
    receiving.leaderTerm === message.term &&
    receiving.index === message.lastIndex &&
    receiving.term === message.lastTerm &&
    receiving.totalBytes === message.totalBytes;
  return isSame ? receiving : undefined;
}

/**
 * With the chunk at its place. Room is made as it is needed, twice as much each time: a message that promises a long
 * snapshot costs no more memory than what has come of it.
 */
function withChunk(held: ReceivedSnapshot | undefined, from: NodeId, message: InstallSnapshot): ReceivedSnapshot {
  const { data, offset, totalBytes, lastIndex, lastTerm } = message;
  const heldBytes = Math.min(offset + data.length, totalBytes);
  let buffer = held?.buffer ?? new Uint8Array(heldBytes);
  if (buffer.length < heldBytes) {
    buffer = new Uint8Array(Math.min(totalBytes, 2 * heldBytes));
    if (held !== undefined) buffer.set(held.buffer.subarray(0, held.heldBytes));
  }
  buffer.set(data, offset);
  return { from, leaderTerm: message.term, index: lastIndex, term: lastTerm, totalBytes, heldBytes, buffer };
}

/** Figure 13, 5 to 8. */
function install(machine: Machine, from: NodeId, snapshot: Snapshot): void {
  const { log, rules, config } = machine;
  const { index, term } = snapshot;
  const keepsLog = rules.keepsLogBehind(term, log.termAt(index));
  machine.keepSnapshot(snapshot);
  if (machine.observe) {
    const rule = keepsLog ? 'snapshot-keeps-log' : 'snapshot-replaces-log';
    machine.tell({ type: 'snapshot-installed', from, index, term, bytes: snapshot.data.length, keepsLog, rule });
  }
  if (!keepsLog) machine.replaceLog(snapshot);
  machine.takeConfiguration(snapshot);
  if (!keepsLog) return;
  // The entries that it replaces are here, and are applied as ever; what the state machine already has may go.
  machine.commitTo(index, 'snapshot-keeps-log');
  machine.compactTo(rules.compactsTo(index, config.keepEntries ?? 0, machine.lastApplied));
}

function answer(
  machine: Machine,
  from: NodeId,
  message: InstallSnapshot,
  nextOffset: number,
  matchIndex: number,
): void {
  const { term, durability } = machine;
  const { lastIndex, lastTerm, offset } = message;
  const reply: InstallSnapshotReply = {
    type: 'install-snapshot-reply',
    term,
    lastIndex,
    lastTerm,
    offset,
    nextOffset,
    matchIndex,
  };
  if (matchIndex === 0) machine.answer(from, echoing(message, reply), durability.voteSequence);
  else machine.acknowledge(from, echoing(message, reply), durability.sequenceHolding(matchIndex));
}
