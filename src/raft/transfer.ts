import type { NodeId } from './entry.ts';
import type { TransferRefusal } from './event.ts';
import { giveUpLease, waitsOutLease } from './lease.ts';
import type { Machine } from './machine.ts';

/** The leader begins to hand its lead over (thesis 3.10). From now on it takes no proposals, so that the other can catch up. */
export function handleTransferLeadership(machine: Machine, to: NodeId): void {
  const refusal = whyNot(machine, to);
  if (refusal !== undefined) {
    machine.effect({ type: 'transfer-refused', to, reason: refusal });
    if (machine.observe) machine.tell({ type: 'transfer-refused', to, reason: refusal, rule: 'transfer' });
    return;
  }
  const untilUs = machine.nowUs + machine.config.electionTimeoutMaxUs;
  machine.transfer = { to, untilUs };
  if (machine.observe) machine.tell({ type: 'transfer-started', to, untilUs, rule: 'transfer' });
  if (isUpToDate(machine, to)) summon(machine, to);
}

function whyNot(machine: Machine, to: NodeId): TransferRefusal | undefined {
  if (machine.role !== 'leader') return 'not-leader';
  if (to === machine.config.id) return 'leads-already';
  const peer = machine.peer(to);
  if (peer === undefined) return 'no-such-peer';
  if (!peer.isIncoming && !peer.isOutgoing) return 'no-vote';
  return machine.transfer === undefined ? undefined : 'under-way';
}

/** In each turn of a leader that is handing over: it gives up when the time is over. */
export function checkTransfer(machine: Machine): void {
  const { transfer } = machine;
  if (transfer === undefined) return;
  if (machine.nowUs >= transfer.untilUs) {
    machine.transfer = undefined;
    if (machine.observe) machine.tell({ type: 'transfer-given-up', to: transfer.to, rule: 'transfer-timeout' });
  } else if (machine.heartbeatDue && isUpToDate(machine, transfer.to)) {
    // Said again with each heartbeat: the first one may have been lost.
    summon(machine, transfer.to);
  }
}

/** A peer's log has come to agree further: if it is the one to lead and now holds everything, it is told to stand. */
export function transferIfCaughtUp(machine: Machine, peer: NodeId): void {
  if (machine.transfer?.to === peer && isUpToDate(machine, peer)) summon(machine, peer);
}

function isUpToDate(machine: Machine, to: NodeId): boolean {
  return machine.peer(to)?.matchIndex === machine.log.lastIndex;
}

function summon(machine: Machine, to: NodeId): void {
  // Those who vote for it will not wait for a lease, so there must be none. It is said again with the next heartbeat.
  if (waitsOutLease(machine)) return;
  giveUpLease(machine, to);
  machine.send(to, { type: 'timeout-now', term: machine.term }, 0);
}
