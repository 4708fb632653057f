import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { RaftEvent } from '../raft/event.ts';
import type { ReadRefusal } from '../raft/read.ts';
import type { ClientReadMode } from '../kv/command.ts';
import type { ActorId } from './event.ts';
import { counted, milliseconds } from './words.ts';

/** What a node does about reads that do not go through the log, and about leases (thesis 6.4). */
export type ReadEvent = Extract<
  RaftEvent,
  {
    readonly type:
      | 'read-taken'
      | 'read-round-started'
      | 'reads-ready'
      | 'reads-refused'
      | 'lease-extended'
      | 'lease-promised'
      | 'lease-wait-started'
      | 'lease-waited-out'
      | 'lease-given-up';
  }
>;

/** In one sentence without a full stop. */
export function describeReadEvent(event: ReadEvent, node: ActorId, atUs: number): string {
  switch (event.type) {
    case 'read-taken':
      return describeTaken(event, node);
    case 'read-round-started': {
      const reads = counted(event.reads, 'read');
      return `${node} asks all whether it still leads (round ${event.round}), for ${reads} as of index ${event.index}`;
    }
    case 'reads-ready': {
      const reads = `${counted(event.reads, 'read')} ${event.via === 'lease' ? 'by its lease, ' : ''}`;
      return `${node} may answer ${reads.trim()} as of index ${event.index}`;
    }
    case 'reads-refused':
      return `${node} does not answer ${event.reads === 1 ? 'a read' : `${event.reads} reads`}: ${refusal(event.reason, node)}`;
    case 'lease-extended':
      return `${node} holds a lease for ${milliseconds(event.untilUs - atUs)} more: a majority has answered round ${event.round}`;
    case 'lease-promised': {
      const leader = event.leader ?? 'a leader from before it started';
      return `${node} takes it that ${leader} may hold a lease for ${milliseconds(event.untilUs - atUs)}`;
    }
    case 'lease-wait-started':
      return `${node} commits nothing for ${milliseconds(event.untilUs - atUs)}: so long the leader before may hold a lease`;
    case 'lease-waited-out':
      return `${node} has waited until the lease of the leader before ran out`;
    case 'lease-given-up':
      return `${node} gives up its lease before it tells ${event.to} to stand`;
    default:
      return assertUnreachable(event);
  }
}

function describeTaken({ from, waiting, rule }: Extract<ReadEvent, { type: 'read-taken' }>, node: ActorId): string {
  const whose = from === undefined ? 'a read' : `${from}'s reads`;
  const count = waiting > 1 ? `; ${waiting} wait` : '';
  switch (rule) {
    case 'read-own-term':
      return `${node} keeps ${whose} until it has committed an entry of its own term${count}`;
    case 'read-forwarded':
      return `${node} will ask the leader for the index of ${whose}${count}`;
    default:
      return `${node} takes ${whose}, to be answered once a majority has confirmed its lead${count}`;
  }
}

function refusal(reason: ReadRefusal, node: ActorId): string {
  switch (reason) {
    case 'not-leader':
      return `${node} does not lead`;
    case 'no-leader':
      return `${node} knows of no leader`;
    case 'leadership-lost':
      return 'the lead that was to confirm them is over';
    case 'too-many-pending':
      return 'too many wait already';
    default:
      return assertUnreachable(reason);
  }
}

/** How a read is answered, as it goes on from "it was read": `by the leader's lease`. */
export function describeReadMode(mode: ClientReadMode): string {
  switch (mode) {
    case 'log':
      return 'through the log';
    case 'read-index':
      return 'by the leader, confirmed by a majority';
    case 'lease':
      return "by the leader's lease";
    case 'follower':
      return 'by a follower, as of the leader’s read index';
    case 'stale':
      return 'from one node’s own store, which may be stale';
    default:
      return assertUnreachable(mode);
  }
}
