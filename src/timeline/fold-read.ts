import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Draft, NodeDraft } from './draft.ts';
import type { ReadEvent } from './describe-read.ts';
import type { HostEvent } from './event.ts';
import type { LeaseView } from './view.ts';

export const noLeases: LeaseView = {
  heldUntilUs: undefined,
  extendedUs: 0,
  promisedUntilUs: undefined,
  promisedTo: undefined,
  waitUntilUs: undefined,
};

/** Folds what a node says of its reads, its leases and its clock. */
export function foldReadEvent(
  draft: Draft,
  node: NodeDraft,
  event: ReadEvent | Extract<HostEvent, { readonly type: 'clock-changed' }>,
): void {
  switch (event.type) {
    case 'read-taken':
    case 'read-round-started':
    case 'reads-ready':
    case 'reads-refused':
      node.waitingReads = event.waiting;
      return;
    case 'lease-extended':
      node.lease = { ...node.lease, heldUntilUs: event.untilUs, extendedUs: draft.atUs };
      return;
    case 'lease-promised':
      node.lease = { ...node.lease, promisedUntilUs: event.untilUs, promisedTo: event.leader };
      return;
    case 'lease-wait-started':
      node.lease = { ...node.lease, waitUntilUs: event.untilUs };
      return;
    case 'lease-waited-out':
      node.lease = { ...node.lease, waitUntilUs: undefined };
      return;
    case 'lease-given-up':
      node.lease = { ...node.lease, heldUntilUs: undefined };
      return;
    case 'clock-changed': {
      const { deadlineUs, heldUntilUs, promisedUntilUs, waitUntilUs } = event;
      node.deadlineUs = deadlineUs;
      node.lease = { ...node.lease, heldUntilUs, promisedUntilUs, waitUntilUs };
      return;
    }
    default:
      assertUnreachable(event);
  }
}
