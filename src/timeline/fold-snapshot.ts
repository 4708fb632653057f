import { List, Map as ImmutableMap } from 'immutable';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { RaftEvent } from '../raft/event.ts';
import { own, type Draft, type NodeDraft } from './draft.ts';
import type { HostEvent } from './event.ts';
import type { NodeView } from './view.ts';

/** What has to do with snapshots and changes a node's state. */
export type FoldedSnapshotEvent =
  | Extract<
      RaftEvent,
      {
        readonly type:
          'snapshot-taken' | 'log-compacted' | 'snapshot-progress' | 'snapshot-chunk-taken' | 'snapshot-installed';
      }
    >
  | Extract<HostEvent, { readonly type: 'store-restored' }>;

const types: readonly string[] = [
  'snapshot-taken',
  'log-compacted',
  'snapshot-progress',
  'snapshot-chunk-taken',
  'snapshot-installed',
  'store-restored',
] satisfies readonly FoldedSnapshotEvent['type'][];

/** Whether {@link foldSnapshotEvent} is for it. */
export function isOfSnapshots(event: RaftEvent | HostEvent): event is FoldedSnapshotEvent {
  return types.includes(event.type);
}

/** Folds what has to do with snapshots into the node that it happened to. */
export function foldSnapshotEvent(draft: Draft, node: NodeDraft, event: FoldedSnapshotEvent): void {
  switch (event.type) {
    case 'snapshot-taken':
      node.snapshot = { index: event.index, term: event.term, bytes: event.bytes };
      return;
    case 'log-compacted':
      // A picture may have told only what stands behind that.
      if (event.index <= node.base.index) return;
      node.log = node.log.asImmutable().slice(Math.max(0, event.index - node.base.index));
      node.base = { index: event.index, term: event.term };
      return;
    case 'snapshot-progress': {
      const progress = own<Record<string, NodeView['progress'][string]>>(draft, node.progress);
      const known = progress[event.peer];
      if (known === undefined) return;
      const { index, heldBytes, totalBytes } = event;
      progress[event.peer] = { ...known, sending: { index, heldBytes, totalBytes } };
      node.progress = progress;
      return;
    }
    case 'snapshot-chunk-taken': {
      const { from, index, heldBytes, totalBytes } = event;
      node.receiving = { from, index, heldBytes, totalBytes };
      return;
    }
    case 'snapshot-installed':
      node.receiving = undefined;
      node.snapshot = { index: event.index, term: event.term, bytes: event.bytes };
      if (event.keepsLog) return;
      node.base = { index: event.index, term: event.term };
      node.log = List();
      node.durableIndex = 0;
      node.commitIndex = event.index;
      node.lastApplied = event.index;
      return;
    case 'store-restored':
      node.store = ImmutableMap<string, string>(event.entries.map(([key, value]): [string, string] => [key, value]));
      return;
    default:
      assertUnreachable(event);
  }
}
