import { sizeOfEntry } from './entry-size.ts';
import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import { tellProgress } from './progress.ts';

/**
 * Whether no more entries may be sent to the peer until it answers. The window is never stuck: a heartbeat goes on past it,
 * empty, from where the last append ended, so that its answer says either that all has come (which frees the window) or
 * that something was lost (which empties it, and the peer is probed).
 */
export function isWindowFull({ maxInflightMessages, maxInflightBytes }: Machine, peer: Peer): boolean {
  if (peer.state === 'probe') return peer.probeSent;
  const { messages, bytes } = peer.inFlight;
  return messages >= maxInflightMessages || bytes >= maxInflightBytes;
}

/**
 * Where an append that begins behind `prevLogIndex` ends: so many entries and so many bytes go into one. One always fits,
 * however large, or it could never be sent.
 */
export function endOfAppend({ log, config }: Machine, prevLogIndex: number): number {
  const end = Math.min(log.lastIndex, prevLogIndex + config.maxEntriesPerAppend);
  const { maxBytesPerAppend, sizeOf } = config;
  if (maxBytesPerAppend === undefined || sizeOf === undefined) return end;
  let bytes = 0;
  for (let index = prevLogIndex + 1; index <= end; index++) {
    const entry = log.entryAt(index);
    if (entry === undefined) return index - 1;
    bytes += sizeOfEntry(config, entry);
    if (bytes > maxBytesPerAppend && index > prevLogIndex + 1) return index - 1;
  }
  return end;
}

/**
 * A peer that leaves a whole window unanswered for an election timeout is taken to have lost it: from where it is known to
 * agree, one append at a time, with the heartbeat, until it answers. With `probeSilent` that is so for a single append.
 */
export function probeIfSilent(machine: Machine, peer: Peer): void {
  const { config, nowUs } = machine;
  if (peer.state !== 'replicate' || peer.inFlight.messages === 0) return;
  if (nowUs - peer.heardUs < config.electionTimeoutMinUs) return;
  if (config.probeSilent !== true && !isWindowFull(machine, peer)) return;
  peer.state = 'probe';
  peer.probeSent = false;
  // Not from before the log begins: if that is too late for it, its refusal says so.
  peer.nextIndex = Math.max(peer.matchIndex, machine.log.base.index) + 1;
  peer.inFlight.clear();
  tellProgress(machine, peer, 'probe-silent');
}

/**
 * Whether an idle leader tells the peer of a new commit index at once, instead of with the next heartbeat (`eagerCommit`).
 * Only where nothing is under way: what is under way could be overtaken, and its answer gives the occasion anyway.
 */
export function owesCommit({ commitIndex }: Machine, peer: Peer): boolean {
  return peer.commitSent < commitIndex && peer.state === 'replicate' && peer.matchIndex === peer.nextIndex - 1;
}
