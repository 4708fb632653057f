import type { Entry, NodeId } from './entry.ts';
import { echoing, hearOfLease } from './leader-word.ts';
import type { Machine } from './machine.ts';
import type { AppendEntries, AppendEntriesReply } from './message.ts';
import { advanceTerm, becomeFollower } from './step-down.ts';

/** A follower's side of replication (§5.3; Figure 2, AppendEntries RPC, receiver implementation). */
export function handleAppendEntries(machine: Machine, from: NodeId, message: AppendEntries): void {
  const standing = machine.rules.compareTerms(message.term, machine.term);
  if (standing === 'stale') {
    // A node that went ahead in terms on its own would stay alone for good if the leader did not learn of them.
    if (machine.rules.answersStale()) refuse(machine, from, message, 'stale-term');
    return;
  }
  if (standing === 'higher') advanceTerm(machine, message.term, from);
  if (!followLeader(machine, from)) return;
  machine.leaderHeardUs = machine.nowUs;
  machine.resetElectionTimer();
  hearOfLease(machine, from, message.leaseUs);

  // What lies before the base of the log is committed, and so the same in every leader's log (§5.4, §7).
  const { log, rules } = machine;
  const verdict =
    message.prevLogIndex < log.base.index
      ? 'log-matches'
      : rules.agreesBefore(message.prevLogTerm, log.termAt(message.prevLogIndex));
  if (verdict !== 'log-matches') {
    refuse(machine, from, message, verdict);
    return;
  }
  accept(machine, from, message);
}

/** Takes `from` for the leader of the present term. False where that cannot be, and the node has halted. */
export function followLeader(machine: Machine, from: NodeId): boolean {
  if (machine.role === 'follower') {
    if (machine.leader === from) return true;
    if (machine.leader !== undefined) {
      machine.halt(`Two leaders in term ${machine.term}: ${machine.leader}, and now ${from} (§5.2).`);
      return false;
    }
    machine.leader = from;
    if (machine.observe) machine.tell({ type: 'leader-known', leader: from, term: machine.term });
    return true;
  }
  if (machine.role === 'leader') {
    machine.halt(`It leads term ${machine.term}, and ${from} sends entries as the leader of that term (§5.2).`);
    return false;
  }
  becomeFollower(machine, from, 'leader-of-term');
  return true;
}

function accept(machine: Machine, from: NodeId, message: AppendEntries): void {
  const { entries, prevLogIndex } = message;
  const matchIndex = prevLogIndex + entries.length;
  if (machine.observe) {
    machine.tell({ type: 'append-accepted', from, matchIndex, entries: entries.length, rule: 'log-matches' });
  }
  const known = prevLogIndex === machine.log.lastIndex ? 0 : reconcile(machine, from, entries);
  if (machine.halted !== undefined) return;
  if (known < entries.length) {
    machine.append(known === 0 ? entries : entries.slice(known), from);
  }
  const { rules, log } = machine;
  machine.commitTo(rules.followerCommit(message.leaderCommit, matchIndex, log.lastIndex), 'commit-from-leader');
  const reply: AppendEntriesReply = {
    type: 'append-entries-reply',
    term: machine.term,
    success: true,
    matchIndex,
    prevLogIndex,
    conflictIndex: 0,
    conflictTerm: undefined,
  };
  machine.acknowledge(from, echoing(message, reply), machine.durability.sequenceHolding(matchIndex));
}

/**
 * Compares the leader's entries with those that stand in their places, and gives how many are there already. Only a
 * contradiction removes anything: a late message that ends early must not cut off what it agrees with.
 */
function reconcile(machine: Machine, from: NodeId, entries: readonly Entry[]): number {
  const { log, rules } = machine;
  let known = 0;
  for (const entry of entries) {
    if (entry.index < log.base.index) {
      known++;
      continue;
    }
    const ownTerm = log.termAt(entry.index);
    if (ownTerm === undefined) break;
    if (rules.contradicts(ownTerm, entry.term)) {
      removeFrom(machine, entry.index, from);
      break;
    }
    known++;
  }
  return known;
}

/** Removes the end of the log, for `by` has other entries there. A node that has committed any of it halts. */
export function removeFrom(machine: Machine, fromIndex: number, by: NodeId): void {
  if (fromIndex <= machine.commitIndex) {
    machine.halt(
      `${by}, leader of term ${machine.term}, contradicts entry ${fromIndex}, ` +
        `but entries up to ${machine.commitIndex} are committed (§5.4).`,
    );
    return;
  }
  const { lastIndex } = machine.log;
  machine.truncateFrom(fromIndex);
  if (machine.observe) {
    machine.tell({ type: 'entries-truncated', fromIndex, lastIndex, by, rule: 'overwrite-conflict' });
  }
}

/**
 * Says no, and where the leader should go back to: past the end of a log that is too short, or to where the
 * contradicting term begins, so that it need not go back entry by entry.
 */
function refuse(
  machine: Machine,
  from: NodeId,
  message: AppendEntries,
  rule: 'stale-term' | 'log-too-short' | 'log-conflict',
): void {
  const { log } = machine;
  const { prevLogIndex, prevLogTerm } = message;
  let conflictIndex = 0;
  let conflictTerm: number | undefined;
  if (rule === 'log-too-short') {
    conflictIndex = log.lastIndex + 1;
  } else if (rule === 'log-conflict') {
    conflictTerm = log.termAt(prevLogIndex) ?? 0;
    conflictIndex = log.firstIndexFrom(conflictTerm);
  }
  if (machine.observe) {
    const { term } = message;
    machine.tell({
      type: 'append-refused',
      from,
      term,
      prevLogIndex,
      prevLogTerm,
      conflictIndex,
      conflictTerm,
      rule,
    });
  }
  const reply: AppendEntriesReply = {
    type: 'append-entries-reply',
    term: machine.term,
    success: false,
    matchIndex: 0,
    prevLogIndex,
    conflictIndex,
    conflictTerm,
  };
  machine.answer(from, echoing(message, reply), machine.durability.voteSequence);
}
