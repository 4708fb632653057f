import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { RaftEvent, SnapshotRefusal } from '../raft/event.ts';
import type { InstallSnapshotReply } from '../raft/message.ts';
import type { ActorId, ToldChunk } from './event.ts';
import { byteCount, byteRange, countOf } from './words.ts';

/** What has to do with a node's snapshots. */
export type SnapshotEvent = Extract<
  RaftEvent,
  {
    readonly type:
      | 'snapshot-taken'
      | 'snapshot-refused'
      | 'log-compacted'
      | 'snapshot-progress'
      | 'snapshot-chunk-taken'
      | 'snapshot-installed';
  }
>;

/** In one sentence without its full stop. */
export function describeSnapshotEvent(event: SnapshotEvent, node: ActorId): string {
  switch (event.type) {
    case 'snapshot-taken':
      return `${node} takes a snapshot of what it has applied up to index ${event.index}: ${byteCount(event.bytes)}`;
    case 'snapshot-refused':
      return `${node} takes no snapshot: ${refusal(event.reason, event.index)}`;
    case 'log-compacted':
      return `${node} forgets its log up to index ${event.index}`;
    case 'snapshot-progress':
      return `${node} gives ${event.peer} its snapshot up to index ${event.index}: ${event.peer} holds ${share(event)}`;
    case 'snapshot-chunk-taken':
      return `${node} holds ${share(event)} of ${event.from}'s snapshot up to index ${event.index}`;
    case 'snapshot-installed':
      return event.keepsLog
        ? `${node} takes ${event.from}'s snapshot up to index ${event.index}, and keeps its log behind it`
        : `${node} takes ${event.from}'s snapshot up to index ${event.index} in place of its whole log`;
    default:
      return assertUnreachable(event);
  }
}

/** A piece of a snapshot on its link. */
export function describeChunk(message: ToldChunk, from: ActorId, to: ActorId): string {
  const { lastIndex, totalBytes, offset, bytes, term } = message;
  const piece = bytes === totalBytes ? 'all' : byteRange(offset, bytes);
  return `${from} sends ${to} ${piece} of its snapshot up to index ${lastIndex}, ${byteCount(totalBytes)} in all; term ${term}`;
}

export function describeChunkReply(message: InstallSnapshotReply, from: ActorId, to: ActorId): string {
  const { lastIndex, matchIndex, nextOffset } = message;
  return matchIndex > 0
    ? `${from} tells ${to} that it holds the whole snapshot up to index ${lastIndex}`
    : `${from} tells ${to} that it holds ${byteCount(nextOffset)} of the snapshot up to index ${lastIndex}`;
}

function share({ heldBytes, totalBytes }: { readonly heldBytes: number; readonly totalBytes: number }): string {
  return heldBytes === totalBytes
    ? `all ${byteCount(totalBytes)}`
    : `${countOf(heldBytes)} of ${byteCount(totalBytes)}`;
}

function refusal(reason: SnapshotRefusal, index: number): string {
  switch (reason) {
    case 'nothing-new':
      return `it has one of all that it has applied, up to index ${index}`;
    case 'not-applied':
      return `it has not applied entry ${index}`;
    case 'too-large':
      return 'it would be too large to be given to others';
    case 'no-members':
      return `nothing up to entry ${index} tells it who belongs to the cluster`;
    default:
      return assertUnreachable(reason);
  }
}
