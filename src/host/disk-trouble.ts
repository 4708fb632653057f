import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { NodeId } from '../raft/entry.ts';
import type { DiskWrites } from '../timeline/action.ts';
import { StorageError } from './ports.ts';

/** What becomes of a write to a disk that is in trouble; undefined where it is in none. The node stops either way. */
export function troubleOf(node: NodeId, writes: DiskWrites): StorageError | undefined {
  switch (writes) {
    case 'kept':
      return undefined;
    case 'fail-next':
      return new StorageError('failed', `${node}'s disk could not write: that write is lost, and is not tried again.`);
    case 'full':
      return new StorageError('full', fullMessage(node));
    default:
      return assertUnreachable(writes);
  }
}

/** The sentence for a disk without room. */
export function fullMessage(node: NodeId): string {
  return `${node}'s disk is full: nothing of the last write was kept. Make room and revive ${node}.`;
}
