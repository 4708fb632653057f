import type { NodeId } from './entry.ts';
import type { Machine } from './machine.ts';
import { becomeFollower } from './step-down.ts';

/**
 * A node that starts again has forgotten what it promised, so it assumes the longest that can be. On an empty disk it
 * has never acknowledged anything.
 */
export function promiseOfRestart(machine: Machine): void {
  const { config, rules, term, lease, nowUs } = machine;
  if (config.lease === undefined) return;
  const { durationUs, driftPpm } = config.lease;
  const spanUs = rules.promiseAfterRestart(term > 0, rules.promisedLeaseUs(durationUs, driftPpm));
  if (spanUs === 0) return;
  lease.promisedUntilUs = nowUs + spanUs;
  if (machine.observe) {
    machine.tell({ type: 'lease-promised', leader: undefined, untilUs: lease.promisedUntilUs, rule: 'lease-restart' });
  }
}

/** A follower hears from the leader of its term, which may take its answer for a lease of that length. */
export function promiseLease(machine: Machine, leader: NodeId, durationUs: number): void {
  const { rules, config, lease, nowUs } = machine;
  const spanUs = rules.promisedLeaseUs(durationUs, config.lease?.driftPpm ?? 0);
  // Never less than what another leader may still hold.
  lease.promisedUntilUs = Math.max(lease.promisedUntilUs, nowUs + spanUs);
  if (machine.observe) {
    machine.tell({ type: 'lease-promised', leader, untilUs: lease.promisedUntilUs, rule: 'lease-promised' });
  }
}

/** What a voter says of the lease that the leader before may still hold; undefined where there are no leases. */
export function remainingLeaseUs(machine: Machine, isTransfer: boolean): number | undefined {
  const { config, rules, lease, nowUs } = machine;
  if (config.lease === undefined) return undefined;
  return rules.leaseToWaitOut(Math.max(0, lease.promisedUntilUs - nowUs), isTransfer);
}

/** A candidacy begins: what the candidate itself knows of the lease of a leader before it. */
export function beginLeaseWait(machine: Machine, isTransfer: boolean): void {
  const { lease, nowUs } = machine;
  const remainingUs = remainingLeaseUs(machine, isTransfer) ?? 0;
  lease.waitUntilUs = remainingUs === 0 ? 0 : nowUs + remainingUs;
}

/** A voter knows of a lease that may go on for so long. */
export function lengthenLeaseWait(machine: Machine, remainingUs: number): void {
  const { lease, nowUs } = machine;
  if (remainingUs > 0) lease.waitUntilUs = Math.max(lease.waitUntilUs, nowUs + remainingUs);
}

/** A lead begins. It holds no lease yet, and what the leader before may hold is waited out. */
export function beginLease(machine: Machine): void {
  const { lease, nowUs } = machine;
  lease.heldUntilUs = 0;
  lease.renewedUs = nowUs;
  lease.givenUp = false;
  if (lease.waitUntilUs <= nowUs) lease.waitUntilUs = 0;
  else if (machine.observe) {
    machine.tell({ type: 'lease-wait-started', untilUs: lease.waitUntilUs, rule: 'lease-wait' });
  }
}

/** A majority has echoed a round that began at `sentUs`: from then on, and not from now, the lease counts (thesis 6.4.1). */
export function extendLease(machine: Machine, round: number, sentUs: number): void {
  const { config, rules, lease } = machine;
  if (config.lease === undefined) return;
  const beginsUs = rules.leaseBeginsUs(sentUs, machine.nowUs);
  lease.renewedUs = beginsUs;
  if (lease.givenUp) return;
  const untilUs = beginsUs + rules.heldLeaseUs(config.lease.durationUs, config.lease.driftPpm);
  if (untilUs <= lease.heldUntilUs) return;
  lease.heldUntilUs = untilUs;
  if (machine.observe) machine.tell({ type: 'lease-extended', untilUs, round, rule: 'lease' });
}

/** Whether this leader may answer a read by itself at this moment. */
export function holdsLease({ config, rules, lease, nowUs }: Machine): boolean {
  return config.lease !== undefined && !lease.givenUp && rules.holdsLease(nowUs, lease.heldUntilUs);
}

/** Whether the leader before may still hold a lease, so that nothing may be committed. */
export function waitsOutLease({ lease, nowUs, rules }: Machine): boolean {
  return lease.waitUntilUs > 0 && !rules.mayCommitYet(nowUs, lease.waitUntilUs);
}

/** In each turn of a leader: whether the wait for the lease of the leader before has just ended. */
export function leaseWaitEnds(machine: Machine): boolean {
  const { lease } = machine;
  if (lease.waitUntilUs === 0 || machine.nowUs < lease.waitUntilUs) return false;
  lease.waitUntilUs = 0;
  if (machine.observe) machine.tell({ type: 'lease-waited-out', rule: 'lease-wait' });
  return true;
}

/** At the end of a leader's turn: it wants to be woken when it need wait no longer. */
export function wakeWhenLeaseEnds(machine: Machine): void {
  const { waitUntilUs } = machine.lease;
  if (waitUntilUs > 0 && waitUntilUs < machine.deadlineUs) machine.setDeadline(waitUntilUs);
}

/** In each turn of a leader: one whose lease has run out, and that no majority has answered, steps down. */
export function checkLease(machine: Machine): void {
  const { config, rules, lease, nowUs } = machine;
  if (config.lease === undefined) return;
  const untilUs = lease.renewedUs + rules.heldLeaseUs(config.lease.durationUs, config.lease.driftPpm);
  if (!rules.mayLeadUnrenewed(nowUs, untilUs)) becomeFollower(machine, undefined, 'lease-lost');
}

/**
 * Before another is told to stand at once: whoever votes for it will not wait for this lease. The word may arrive late,
 * so the lease is not taken up again in this term, even if the transfer comes to nothing.
 */
export function giveUpLease(machine: Machine, to: NodeId): void {
  const { config, rules, lease } = machine;
  if (config.lease === undefined || lease.givenUp || !rules.givesUpLease()) return;
  lease.givenUp = true;
  lease.heldUntilUs = 0;
  if (machine.observe) machine.tell({ type: 'lease-given-up', to, rule: 'lease-transfer' });
}
