import type { Configuration } from './configuration.ts';
import type { Machine } from './machine.ts';
import type { MembershipChange, MembershipRefusal } from './membership-change.ts';
import { changeOf } from './membership-refusal.ts';
import { requestHeartbeat } from './replication.ts';
import type { RuleId } from './rule-book.ts';
import { becomeFollower } from './step-down.ts';

/**
 * A leader begins a change of who belongs to the cluster: an entry in its log, by which it goes from then on (thesis 4.1).
 * Or it does not, and says why.
 */
export function handleChangeMembership(machine: Machine, change: MembershipChange): void {
  const next = changeOf(standingOf(machine), change, machine.rules);
  if (typeof next === 'string') {
    machine.effect({ type: 'membership-refused', change, reason: next });
    if (machine.observe) machine.tell({ type: 'membership-refused', change, reason: next, rule: ruleOf(next) });
    return;
  }
  appendConfiguration(machine, next);
}

/** In each turn of a leader: a joint configuration that ends by itself ends as soon as it is committed (§6). */
export function leaveJointIfDue(machine: Machine): void {
  if (!machine.configuration.leavesByItself) return;
  const next = changeOf(standingOf(machine), { type: 'leave-joint' }, machine.rules);
  // Until it may be left it says why not, turn after turn, to nobody.
  if (typeof next !== 'string') appendConfiguration(machine, next);
}

/** A leader that has removed itself goes on until that is committed, and then steps down (thesis 4.2.2). */
export function isDone(machine: Machine): boolean {
  // Nearly every leader is a voter, and is asked this in each turn.
  if (machine.isIncoming || machine.isOutgoing) return false;
  return machine.rules.stepsDownWhenRemoved(machine.configurationIndex, machine.commitIndex);
}

/** It has told all that its removal is committed. */
export function stepDownRemoved(machine: Machine): void {
  becomeFollower(machine, undefined, 'removed-leader');
}

function appendConfiguration(machine: Machine, configuration: Configuration): void {
  const { log, term } = machine;
  machine.append([{ type: 'configuration', index: log.lastIndex + 1, term, configuration }], undefined);
  // Who has just come in knows nothing yet, and is written to at once.
  requestHeartbeat(machine);
}

function standingOf(machine: Machine): Parameters<typeof changeOf>[0] {
  const { config, configuration, configurationIndex, commitIndex, log, nowUs, role, term, transfer } = machine;
  return {
    isLeader: role === 'leader',
    isTransferring: transfer !== undefined,
    term,
    configuration,
    configurationIndex,
    commitIndex,
    commitTerm: log.termAt(commitIndex),
    peer: (id) => {
      const peer = machine.peer(id);
      return peer && { matchIndex: peer.matchIndex, silentUs: nowUs - peer.heardUs };
    },
    timeoutUs: config.electionTimeoutMaxUs,
  };
}

/** The rule that a refusal rests on. */
function ruleOf(reason: MembershipRefusal): RuleId {
  switch (reason) {
    case 'change-pending':
      return 'one-change-at-a-time';
    case 'nothing-committed':
      return 'commit-before-change';
    case 'in-joint':
    case 'not-in-joint':
      return 'joint-consensus';
    case 'learner-behind':
      return 'learner-caught-up';
    case 'transferring':
      return 'transfer';
    default:
      return 'membership';
  }
}
