import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action, DiskDamage, DiskWrites } from './action.ts';
import { counted, entryRange, listed, listedNodes, shownDelay } from './words.ts';

type SetDisk = Extract<Action, { readonly type: 'set-disk' }>;

/** What is set of disks, as a command. */
export function describeDisk({ nodes, latency, writes, unsynced }: SetDisk): string {
  const disk = `the disk of ${listedNodes(nodes)}`;
  const parts = [
    latency === undefined ? undefined : `set ${disk} to ${shownDelay(latency)}`,
    writes === undefined ? undefined : describeWrites(disk, writes),
    unsynced === undefined ? undefined : describeLie(disk, unsynced),
  ];
  return listed(parts.filter((part) => part !== undefined));
}

/** What it means, one sentence. */
export function explainDisk({ writes, unsynced }: SetDisk): string {
  if (unsynced !== undefined && unsynced > 0) {
    return 'Raft rests on what is on disk: a node that forgets what it promised can undo what is committed (§5.1).';
  }
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

function describeLie(disk: string, unsynced: number): string {
  return unsynced === 0 ? `let ${disk} tell the truth` : `let ${disk} lie of its last ${counted(unsynced, 'write')}`;
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

/** What befalls the disk of a node, as a command. */
export function describeDamage(node: NodeId, damage: DiskDamage): string {
  switch (damage.type) {
    case 'flip-byte':
      return `flip a bit of ${recordName(damage)} on the disk of ${node}`;
    case 'lose-entries':
      return `lose ${entryRange(damage.from, damage.to)} from the disk of ${node}`;
    case 'torn-write':
      return `leave half a write at the end of the log on the disk of ${node}`;
    default:
      return assertUnreachable(damage);
  }
}

/** How it must end, one sentence. */
export function explainDamage(damage: DiskDamage): string {
  switch (damage.type) {
    case 'flip-byte':
      return 'Each record has a checksum, so the node refuses to start: it may have forgotten what it promised.';
    case 'lose-entries':
      return 'Entries are numbered and their end is known, so the node refuses to start with a part of them.';
    case 'torn-write':
      return 'It never came to its end, so nothing rests on it: the node drops it and starts.';
    default:
      return assertUnreachable(damage);
  }
}

function recordName({ record, index }: Extract<DiskDamage, { readonly type: 'flip-byte' }>): string {
  switch (record) {
    case 'entry':
      return index === undefined ? 'the last entry' : `entry ${index}`;
    case 'state':
      return 'the term and vote';
    case 'snapshot':
      return 'the snapshot';
    case 'identity':
      return 'the identity';
    default:
      return assertUnreachable(record);
  }
}
