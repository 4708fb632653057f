import type { NodeId } from './entry.ts';
import type { Machine } from './machine.ts';
import type { ReadIndexReply } from './message.ts';
import { endReads } from './reads.ts';
import { advanceTerm } from './step-down.ts';

/** After how many heartbeats without an answer a follower asks again. */
const PATIENCE_HEARTBEATS = 2;

/**
 * At the end of a follower's turn: all reads that have come since it last asked share one question to the leader
 * (thesis 6.4, the end). It asks one at a time, and an answer counts only for what was asked with its token.
 */
export function askReadIndex(machine: Machine): void {
  const { reads, leader } = machine;
  if (reads.asked !== undefined || leader === undefined || reads.waiting.length === 0) return;
  const token = reads.nextToken++;
  for (const read of reads.waiting) read.round = token;
  reads.asked = { token, askedUs: machine.nowUs };
  send(machine, leader, token);
}

/** The leader is heard: a question that it has not answered for long may have been lost, or the answer. */
export function askAgain(machine: Machine, leader: NodeId): void {
  const { reads, nowUs, config } = machine;
  if (reads.asked === undefined || nowUs - reads.asked.askedUs < PATIENCE_HEARTBEATS * config.heartbeatUs) return;
  reads.asked = { token: reads.asked.token, askedUs: nowUs };
  send(machine, leader, reads.asked.token);
}

function send(machine: Machine, to: NodeId, token: number): void {
  machine.answer(to, { type: 'read-index', term: machine.term, token }, machine.durability.voteSequence);
}

/** The leader says how far this node must have applied its log before it answers, or that it cannot say. */
export function handleReadIndexReply(machine: Machine, from: NodeId, message: ReadIndexReply): void {
  const standing = machine.rules.compareTerms(message.term, machine.term);
  if (standing === 'higher') {
    advanceTerm(machine, message.term, from);
    return;
  }
  const { reads } = machine;
  if (standing === 'stale' || machine.role !== 'follower' || reads.asked?.token !== message.token) {
    machine.ignore(from, message.type, standing === 'stale' ? 'stale-term' : 'late-reply');
    return;
  }
  if (message.index === undefined) {
    endReads(machine, 'leadership-lost');
    return;
  }
  reads.asked = undefined;
  const { index, token } = message;
  const ready = reads.waiting.filter(({ round }) => round === token);
  const kept = reads.waiting.filter(({ round }) => round !== token);
  reads.waiting.splice(0, Infinity, ...kept);
  for (const { readId } of ready) machine.effect({ type: 'read-ready', readId, index, via: 'follower' });
  if (!machine.observe) return;
  const { length: waiting } = kept;
  machine.tell({ type: 'reads-ready', reads: ready.length, index, via: 'follower', waiting, rule: 'read-forwarded' });
}
