import type { NodeId } from './entry.ts';
import type { ReadRefusal } from './read.ts';
import type { Machine } from './machine.ts';

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
