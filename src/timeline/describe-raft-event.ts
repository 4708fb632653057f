import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Entry } from '../raft/entry.ts';
import type { RaftEvent, TransferRefusal } from '../raft/event.ts';
import { describeConfiguration } from './describe-configuration.ts';
import { describeChange, whyRefused } from './describe-membership.ts';
import { describeSnapshotEvent } from './describe-snapshot.ts';
import { describeReadEvent } from './describe-read.ts';
import type { ActorId } from './event.ts';
import type { NodeView } from './view.ts';
import { counted, entryRange, milliseconds } from './words.ts';

type EventOf<Type extends RaftEvent['type']> = Extract<RaftEvent, { readonly type: Type }>;

/** What a node did, in one sentence without a full stop. `before` is the node just before, where it is known. */
export function describeRaftEvent(event: RaftEvent, node: ActorId, atUs: number, before: NodeView | undefined): string {
  switch (event.type) {
    case 'started':
      return describeStarted(event, node);
    case 'timer-set':
      return describeTimer(event, node, atUs, before);
    case 'halted':
      return `${node} stops for good: ${event.reason}`;
    case 'term-advanced':
    case 'became-candidate':
    case 'became-follower':
    case 'became-leader':
    case 'leader-known':
    case 'vote-cast':
    case 'vote-counted':
    case 'became-pre-candidate':
    case 'pre-vote-cast':
      return describeElection(event, node, before);
    case 'transfer-started':
    case 'transfer-refused':
    case 'transfer-given-up':
      return describeTransfer(event, node);
    case 'read-taken':
    case 'read-round-started':
    case 'reads-ready':
    case 'reads-refused':
    case 'lease-extended':
    case 'lease-promised':
    case 'lease-wait-started':
    case 'lease-waited-out':
    case 'lease-given-up':
      return describeReadEvent(event, node, atUs);
    case 'configuration-changed':
      return `${node} goes by another configuration: the members are ${describeConfiguration(event.configuration)}`;
    case 'membership-refused':
      return `${node} does not ${describeChange(event.change)}: ${whyRefused(event.reason, event.change, node)}`;
    case 'snapshot-taken':
    case 'snapshot-refused':
    case 'log-compacted':
    case 'snapshot-progress':
    case 'snapshot-chunk-taken':
    case 'snapshot-installed':
      return describeSnapshotEvent(event, node);
    case 'message-ignored':
      return `${node} ignores ${event.from}'s ${nameIgnored(event.messageType)}`;
    case 'durable': {
      const vote = event.votedFor === undefined ? 'no vote' : `its vote for ${event.votedFor}`;
      return `${node} has on disk: term ${event.term}, ${vote}, its log up to index ${event.durableIndex}`;
    }
    case 'entries-appended':
    case 'entries-truncated':
    case 'append-accepted':
    case 'append-refused':
    case 'progress-changed':
    case 'commit-advanced':
      return describeReplication(event, node);
    default:
      return assertUnreachable(event);
  }
}

function describeStarted(event: EventOf<'started'>, node: ActorId): string {
  if (event.term === 0 && event.lastIndex === 0) return `${node} starts as a follower, its disk empty`;
  const log = event.lastIndex === 0 ? 'an empty log' : `a log up to index ${event.lastIndex} of term ${event.lastTerm}`;
  const { snapshot } = event;
  const also = snapshot === undefined ? '' : `, a snapshot up to index ${snapshot.index}`;
  return `${node} starts as a follower with what its disk holds: term ${event.term}${also}, ${log}`;
}

function describeTimer(event: EventOf<'timer-set'>, node: ActorId, atUs: number, before: NodeView | undefined): string {
  const span = milliseconds(event.deadlineUs - atUs);
  if (before?.role === 'leader') return `${node} will send its next heartbeat in ${span}`;
  return `${node} sets its timer to ${span}`;
}

type ElectionEvent = EventOf<
  | 'term-advanced'
  | 'became-candidate'
  | 'became-follower'
  | 'became-leader'
  | 'leader-known'
  | 'vote-cast'
  | 'vote-counted'
  | 'became-pre-candidate'
  | 'pre-vote-cast'
>;

function describeElection(event: ElectionEvent, node: ActorId, before: NodeView | undefined): string {
  switch (event.type) {
    case 'term-advanced':
      return `${node} takes on term ${event.term}, which it heard of from ${event.from}`;
    case 'became-candidate':
      return `${node} stands for election in term ${event.term} and votes for itself`;
    case 'became-pre-candidate':
      return `${node} asks whether it would be elected in term ${event.forTerm}; it stays in term ${event.term}`;
    case 'pre-vote-cast':
      return event.granted
        ? `${node} would vote for ${event.candidate} in term ${event.forTerm}`
        : `${node} would not vote for ${event.candidate}: ${preRefusalOf(event, node)}`;
    case 'became-follower': {
      const role = before === undefined || before.role === 'follower' ? 'is a follower' : `is no longer ${before.role}`;
      return event.leader === undefined
        ? `${node} ${role}; term ${event.term}`
        : `${node} ${role} and follows ${event.leader}; term ${event.term}`;
    }
    case 'became-leader': {
      if (before === undefined) return `${node} wins the election and leads term ${event.term}`;
      const votes = Object.values(before.votes).filter(Boolean).length;
      const { voters, outgoing } = before.configuration;
      // Where its configuration is not known, all are taken for voters.
      const all = new Set([...voters, ...outgoing]).size || event.peers.length + 1;
      return `${node} wins with ${votes} of ${all} votes and leads term ${event.term}`;
    }
    case 'leader-known':
      return `${node} learns that ${event.leader} leads term ${event.term}`;
    case 'vote-cast':
      return describeVote(event, node);
    case 'vote-counted': {
      const vote = event.rule === 'pre-vote-tally' ? 'promise' : 'vote';
      const answer = event.granted ? `${event.from}'s ${vote}` : `${event.from}'s refusal`;
      const old = event.outgoing;
      const also = old === undefined ? '' : `, and of the old voters ${old.votes} and needs ${old.needed}`;
      return `${node} counts ${answer}: it has ${event.votes} and needs ${event.needed}${also}`;
    }
    default:
      return assertUnreachable(event);
  }
}

function describeVote(event: EventOf<'vote-cast'>, node: ActorId): string {
  const { candidate, term } = event;
  if (event.granted) {
    return event.rule === 'vote-repeat'
      ? `${node} repeats its vote for ${candidate} in term ${term}`
      : `${node} votes for ${candidate} in term ${term}`;
  }
  return `${node} refuses ${candidate}'s vote: ${refusalOf(event, node)}`;
}

/** In figures of this very vote, where the rule has any. */
function refusalOf(event: EventOf<'vote-cast'>, node: ActorId): string {
  const { candidate, candidateLog, ownLog, votedFor, term } = event;
  if (event.rule === 'stale-term') return `${candidate} asks in an older term, ${node} is in term ${term}`;
  if (event.rule === 'log-behind') return behind(candidate, candidateLog, ownLog);
  if (votedFor === undefined) return `it has no vote to give in term ${term}`;
  return `it has voted for ${votedFor === node ? 'itself' : votedFor} in term ${term}`;
}

function preRefusalOf(event: EventOf<'pre-vote-cast'>, node: ActorId): string {
  const { candidate, candidateLog, ownLog, term } = event;
  switch (event.rule) {
    case 'leader-heard':
      return 'it has just heard from a leader';
    case 'vote-taken':
      return `it has no vote left in term ${term}`;
    case 'stale-term':
      return `${candidate} would stand in an older term, ${node} is in term ${term}`;
    default:
      return behind(candidate, candidateLog, ownLog);
  }
}

type LogEnd = EventOf<'vote-cast'>['ownLog'];

function behind(candidate: ActorId, candidateLog: LogEnd, ownLog: LogEnd): string {
  return ownLog.lastTerm === candidateLog.lastTerm
    ? `its log ends at index ${ownLog.lastIndex}, ${candidate}'s at index ${candidateLog.lastIndex} of the same term`
    : `its log ends at term ${ownLog.lastTerm}, ${candidate}'s at term ${candidateLog.lastTerm}`;
}

function describeTransfer(
  event: EventOf<'transfer-started' | 'transfer-refused' | 'transfer-given-up'>,
  node: ActorId,
): string {
  switch (event.type) {
    case 'transfer-started':
      return `${node} hands its lead over to ${event.to} and takes no proposals meanwhile`;
    case 'transfer-given-up':
      return `${node} leads on: ${event.to} has not taken the lead over in time`;
    case 'transfer-refused':
      return `${node} does not hand the lead over to ${event.to}: ${transferRefusal(event.reason, node, event.to)}`;
    default:
      return assertUnreachable(event);
  }
}

function transferRefusal(reason: TransferRefusal, node: ActorId, to: ActorId): string {
  switch (reason) {
    case 'not-leader':
      return `${node} does not lead`;
    case 'no-such-peer':
      return `${to} is no member`;
    case 'no-vote':
      return `${to} has no vote`;
    case 'leads-already':
      return 'it leads already';
    case 'under-way':
      return 'it is handing it over already';
    default:
      return assertUnreachable(reason);
  }
}

type ReplicationEvent = EventOf<
  | 'entries-appended'
  | 'entries-truncated'
  | 'append-accepted'
  | 'append-refused'
  | 'progress-changed'
  | 'commit-advanced'
>;

function describeReplication(event: ReplicationEvent, node: ActorId): string {
  switch (event.type) {
    case 'entries-appended':
      return describeAppended(event, node);
    case 'entries-truncated':
      return `${node} removes ${entryRange(event.fromIndex, event.lastIndex)}, which contradict${
        event.fromIndex === event.lastIndex ? 's' : ''
      } ${event.by}'s log`;
    case 'append-accepted':
      return event.entries === 0
        ? `${node} agrees with ${event.from} up to index ${event.matchIndex}`
        : `${node} takes ${counted(event.entries, 'entry', 'entries')} from ${event.from}: it agrees up to index ${event.matchIndex}`;
    case 'append-refused':
      return `${node} refuses ${event.from}'s entries: ${refusedAppend(event)}`;
    case 'progress-changed':
      return describeProgress(event, node);
    case 'commit-advanced':
      return `${node} counts ${entryRange(event.from + 1, event.commitIndex)} as committed`;
    default:
      return assertUnreachable(event);
  }
}

function describeProgress(event: EventOf<'progress-changed'>, node: ActorId): string {
  const { peer, matchIndex, nextIndex, inFlight, rule } = event;
  const agrees = `it agrees up to index ${matchIndex}, next comes ${nextIndex}`;
  if (rule === 'window-full') {
    return `${node} notes for ${peer}: ${agrees}, once it has answered; ${counted(inFlight.messages, 'append')} under way`;
  }
  return rule === 'probe-silent'
    ? `${node} hears nothing from ${peer}: ${agrees}, one append at a time`
    : `${node} notes for ${peer}: ${agrees}`;
}

function describeAppended({ entries, from }: EventOf<'entries-appended'>, node: ActorId): string {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return `${node} adds nothing to its log`;
  const what = `${entryRange(first.index, last.index)} of term ${last.term}`;
  const empty = entries.length === 1 ? kindOf(first) : '';
  return `${node} adds ${what}${empty} to its log${from === undefined ? '' : `, from ${from}`}`;
}

function kindOf({ type }: Entry): string {
  if (type === 'no-op') return ', an empty one,';
  return type === 'configuration' ? ', a configuration,' : '';
}

function refusedAppend(event: EventOf<'append-refused'>): string {
  const { prevLogIndex, prevLogTerm, conflictIndex, conflictTerm } = event;
  if (event.rule === 'stale-term') return `term ${event.term} is over`;
  return conflictTerm === undefined
    ? `they follow index ${prevLogIndex}, and its log ends before index ${conflictIndex}`
    : `at index ${prevLogIndex} they expect term ${prevLogTerm}, and it holds term ${conflictTerm}`;
}

function nameIgnored(messageType: string): string {
  if (messageType === 'request-vote') return 'vote request';
  if (messageType === 'install-snapshot') return 'piece of a snapshot';
  return messageType.endsWith('-reply') ? 'answer' : 'message';
}
