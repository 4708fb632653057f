import type { ClientRead, ClientReply, Fate } from '../kv/client-message.ts';
import type { LogCommand, Operation, OperationResult } from '../kv/command.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { ProposalLimit } from '../raft/effect.ts';
import type { AppendEntries, AppendEntriesReply } from '../raft/message.ts';
import { describeChunk, describeChunkReply } from './describe-snapshot.ts';
import type { ActorId, AnyMessage } from './event.ts';
import { describeReadMode } from './describe-read.ts';
import { isHeartbeat } from './noise.ts';
import { entryRange, milliseconds, shown } from './words.ts';

/** `set x to 5`. */
export function describeOperation(operation: Operation): string {
  const key = shown(operation.key);
  switch (operation.type) {
    case 'get':
      return `get ${key}${readWish(operation)}`;
    case 'set':
      return `set ${key} to ${shown(operation.value)}`;
    case 'delete':
      return `delete ${key}`;
    case 'append':
      return `append ${shown(operation.value)} to ${key}`;
    case 'compare-and-set': {
      const expected = operation.expected === undefined ? 'is absent' : `holds ${shown(operation.expected)}`;
      return `set ${key} to ${shown(operation.value)} if it ${expected}`;
    }
    default:
      return assertUnreachable(operation);
  }
}

/** What a request came to, as a clause: `committed at index 7: it holds 5`. */
export function describeFate(fate: Fate): string {
  switch (fate.type) {
    case 'committed':
      if (fate.via === undefined) return `committed at index ${fate.index}: ${describeResult(fate.result)}`;
      return `read as of index ${fate.index}, ${describeReadMode(fate.via)}: ${describeResult(fate.result)}`;
    case 'failed':
      return `failed: ${fate.reason}`;
    case 'unknown':
      return `unknown: ${fate.reason}`;
    default:
      return assertUnreachable(fate);
  }
}

/** How a read wants to be answered, where it says so. */
function readWish({ mode, node, notBefore }: Extract<Operation, { readonly type: 'get' }>): string {
  const via = mode === undefined ? '' : ` via ${mode}`;
  const at = node === undefined ? '' : ` at ${node}`;
  const bound = notBefore === 'seen' ? 'what the client has seen' : `index ${notBefore}`;
  return `${via}${at}${notBefore === undefined ? '' : `, not before ${bound}`}`;
}

/** What a command is to do, as it goes on from "to". */
function describeCommand(command: LogCommand): string {
  return 'operation' in command ? describeOperation(command.operation) : `open a session for ${command.client}`;
}

/** What an operation came to, as a clause about its key. */
export function describeResult(result: OperationResult): string {
  switch (result.type) {
    case 'ok':
      return result.value === undefined ? 'the key is absent' : `the key holds ${shown(result.value)}`;
    case 'mismatch':
      return `nothing written, the key ${result.actual === undefined ? 'is absent' : `holds ${shown(result.actual)}`}`;
    case 'refused':
    case 'expired':
      return `nothing written. ${result.message}`;
    default:
      return assertUnreachable(result);
  }
}

/** One sentence about a message on its link, without its full stop. */
export function describeMessage(message: AnyMessage, from: ActorId, to: ActorId): string {
  switch (message.type) {
    case 'request-vote': {
      const wish = message.transfer === true ? ', as the leader wishes' : '';
      return message.lastLogIndex === 0
        ? `${from} asks ${to} for its vote in term ${message.term}${wish}; its log is empty`
        : `${from} asks ${to} for its vote in term ${message.term}${wish}; ` +
            `its log ends at index ${message.lastLogIndex}, term ${message.lastLogTerm}`;
    }
    case 'request-vote-reply':
      return message.granted
        ? `${from} gives ${to} its vote in term ${message.term}${leaseLeft(message.leaseRemainingUs)}`
        : `${from} refuses ${to} its vote; it is in term ${message.term}`;
    case 'append-entries':
      return describeAppend(message, from, to);
    case 'append-entries-reply':
      return describeAppendReply(message, from, to);
    case 'pre-vote':
      return (
        `${from} asks ${to} whether it would vote for it in term ${message.term}; ` +
        (message.lastLogIndex === 0
          ? 'its log is empty'
          : `its log ends at index ${message.lastLogIndex}, term ${message.lastLogTerm}`)
      );
    case 'pre-vote-reply':
      return message.granted
        ? `${from} tells ${to} that it would vote for it in term ${message.forTerm}`
        : `${from} tells ${to} that it would not vote for it; it is in term ${message.term}`;
    case 'timeout-now':
      return `${from} tells ${to} to stand for election now, in place of the leader of term ${message.term}`;
    case 'install-snapshot':
      return describeChunk(message, from, to);
    case 'install-snapshot-reply':
      return describeChunkReply(message, from, to);
    case 'read-index':
      return `${from} asks ${to} how far it must have applied its log before it answers a read; term ${message.term}`;
    case 'read-index-reply':
      return message.index === undefined
        ? `${from} cannot tell ${to} a read index; it is in term ${message.term}`
        : `${from} tells ${to} that it may answer its reads once it has applied index ${message.index}`;
    case 'client-read':
      return `${from} asks ${to} to read ${shown(message.key)} ${readModeWords(message)}`;
    case 'client-request':
      return message.forwardedFor === undefined
        ? `${from} asks ${to} to ${describeCommand(message.command)}`
        : `${from} asks ${to}, for ${message.forwardedFor}, to ${describeCommand(message.command)}`;
    case 'client-reply':
      return describeReply(message, from, to);
    default:
      return assertUnreachable(message);
  }
}

function describeReply({ outcome, forwardedFor, answeredBy }: ClientReply, from: ActorId, to: ActorId): string {
  if (forwardedFor !== undefined) return `${from} answers ${to}, for ${forwardedFor}: ${describeOutcome(outcome)}`;
  return answeredBy === undefined
    ? `${from} answers ${to}: ${describeOutcome(outcome)}`
    : `${from} passes on to ${to} what ${answeredBy} answers: ${describeOutcome(outcome)}`;
}

function leaseLeft(remainingUs: number | undefined): string {
  if (remainingUs === undefined) return '';
  return remainingUs === 0
    ? '; it knows of no lease'
    : `; the leader before may hold a lease for ${milliseconds(remainingUs)}`;
}

function readModeWords({ mode, notBefore }: ClientRead): string {
  return `${describeReadMode(mode)}${notBefore === 0 ? '' : `, not before index ${notBefore}`}`;
}

/** What a message is, as a noun with its article: `a heartbeat`. */
export function nameMessage(message: AnyMessage): string {
  if (isHeartbeat(message)) return message.type === 'append-entries' ? 'a heartbeat' : 'the answer to a heartbeat';
  if (message.type === 'append-entries') {
    const { entries, prevLogIndex } = message;
    return entryRange(prevLogIndex + 1, prevLogIndex + entries.length);
  }
  return nameMessageType(message.type);
}

export function nameMessageType(type: AnyMessage['type']): string {
  switch (type) {
    case 'request-vote':
      return 'a vote request';
    case 'request-vote-reply':
      return 'the answer to a vote request';
    case 'append-entries':
      return 'entries or a heartbeat';
    case 'append-entries-reply':
      return 'the answer to an append';
    case 'pre-vote':
      return 'a pre-vote request';
    case 'pre-vote-reply':
      return 'the answer to a pre-vote request';
    case 'timeout-now':
      return 'the word to stand for election';
    case 'install-snapshot':
      return 'a piece of a snapshot';
    case 'install-snapshot-reply':
      return 'the answer to a piece of a snapshot';
    case 'read-index':
      return 'a read index request';
    case 'read-index-reply':
      return 'the answer to a read index request';
    case 'client-read':
      return "a client's read";
    case 'client-request':
      return "a client's request";
    case 'client-reply':
      return 'the answer to a request';
    default:
      return assertUnreachable(type);
  }
}

function describeAppend(
  { entries, prevLogIndex, prevLogTerm, term, leaderCommit, round, leaseUs }: AppendEntries,
  from: ActorId,
  to: ActorId,
): string {
  const lease = leaseUs === undefined ? '' : ` for a lease of ${milliseconds(leaseUs)}`;
  const commit = `commit index ${leaderCommit}${round === undefined ? '' : `, round ${round}${lease}`}`;
  if (entries.length === 0) return `${from} sends ${to} a heartbeat of term ${term}, ${commit}`;
  const range = entryRange(prevLogIndex + 1, prevLogIndex + entries.length);
  const after = prevLogIndex === 0 ? 'the start of its log' : `index ${prevLogIndex} of term ${prevLogTerm}`;
  return `${from} sends ${to} ${range} to follow ${after}; term ${term}, ${commit}`;
}

function describeAppendReply(message: AppendEntriesReply, from: ActorId, to: ActorId): string {
  const { success, matchIndex, prevLogIndex, conflictIndex, conflictTerm, term } = message;
  if (success && matchIndex === prevLogIndex) {
    return `${from} answers ${to}'s heartbeat: it agrees up to index ${matchIndex}`;
  }
  if (success) return `${from} tells ${to} that it agrees up to index ${matchIndex}`;
  if (conflictIndex === 0) return `${from} refuses ${to}'s entries; it is in term ${term}`;
  const goBack =
    conflictTerm === undefined
      ? `its log ends before index ${conflictIndex}`
      : `it holds term ${conflictTerm} there, from index ${conflictIndex} on`;
  return `${from} refuses ${to}'s entries after index ${prevLogIndex}: ${goBack}`;
}

function describeLimit(limit: ProposalLimit | undefined): string {
  return limit === undefined ? '' : `: no more than ${limit.most} ${limit.unit} ahead of what is committed`;
}

function describeOutcome(outcome: ClientReply['outcome']): string {
  switch (outcome.type) {
    case 'applied':
      return `applied at index ${outcome.index}; ${describeResult(outcome.result)}`;
    case 'read':
      return `read as of index ${outcome.index}, ${describeReadMode(outcome.via)}; ${describeResult(outcome.result)}`;
    case 'behind':
      return `it has applied only up to index ${outcome.index}`;
    case 'not-leader':
      return outcome.leader === undefined
        ? 'it is not the leader, and knows of none'
        : `it is not the leader, ${outcome.leader} is`;
    case 'busy':
      return `it has too much to do${describeLimit(outcome.limit)}`;
    case 'transferring':
      return 'it is handing its lead over';
    case 'leadership-lost':
      return outcome.leader === undefined
        ? 'it no longer leads; the request may still happen'
        : `it no longer leads, ${outcome.leader} does; the request may still happen`;
    default:
      return assertUnreachable(outcome);
  }
}
