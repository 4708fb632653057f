import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Action, DiskWrites } from './action.ts';
import { listed, listedNodes, shownDelay } from './words.ts';

type SetDisk = Extract<Action, { readonly type: 'set-disk' }>;

/** What is set of disks, as a command. */
export function describeDisk({ nodes, latency, writes }: SetDisk): string {
  const disk = `the disk of ${listedNodes(nodes)}`;
  const parts = [
    latency === undefined ? undefined : `set ${disk} to ${shownDelay(latency)}`,
    writes === undefined ? undefined : describeWrites(disk, writes),
  ];
  return listed(parts.filter((part) => part !== undefined));
}

/** What it means, one sentence. */
export function explainDisk({ writes }: SetDisk): string {
  switch (writes) {
    case undefined:
      return 'Writes that begin from now on take that long.';
    case 'kept':
      return 'What is written from now on is kept.';
    case 'fail-next':
      return 'A node whose disk has failed it stops: it does not know what the disk still holds.';
    case 'full':
      return 'A node that can write nothing stops, and does so again until there is room.';
    default:
      return assertUnreachable(writes);
  }
}

function describeWrites(disk: string, writes: DiskWrites): string {
  switch (writes) {
    case 'kept':
      return `let ${disk} keep what is written`;
    case 'fail-next':
      return `let the next write to ${disk} fail`;
    case 'full':
      return `let ${disk} be full`;
    default:
      return assertUnreachable(writes);
  }
}
