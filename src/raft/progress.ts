import type { Machine } from './machine.ts';
import type { Peer } from './peer.ts';
import type { RuleId } from './rule-book.ts';

/** What the leader knows of a peer has changed. */
export function tellProgress(machine: Machine, peer: Peer, rule: RuleId): void {
  if (!machine.observe) return;
  const { id, nextIndex, matchIndex, state } = peer;
  const { messages, bytes } = peer.inFlight;
  const inFlight = { messages, bytes };
  machine.tell({ type: 'progress-changed', peer: id, nextIndex, matchIndex, state, inFlight, rule });
}
