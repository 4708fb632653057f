import type { NodeId } from '../raft/entry.ts';
import type { Action } from '../timeline/action.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { NodeWorkerHandle } from './node-worker-handle.ts';

/** The name of a node's database. */
export function databaseName(cluster: string, node: NodeId): string {
  return `whitewater/${cluster}/${node}`;
}

/** The name of the database that holds the copy of a node's disk. */
export function copyName(cluster: string, node: NodeId): string {
  return `${databaseName(cluster, node)}/copy`;
}

/**
 * The virtual moment of the last write on a node's disk, which no worker may be using: -1 where nothing was written,
 * undefined where it cannot be read. Why it cannot, it will say itself when the node is to start.
 */
export async function readLastWrite(
  node: NodeId,
  cluster: string,
  createWorker: (id: NodeId) => Worker,
): Promise<number | undefined> {
  const handle = new NodeWorkerHandle(node, createWorker(node));
  try {
    // As if it had begun: to look at a disk must leave nothing on it.
    const opened = await handle.open(databaseName(cluster, node), cluster, true);
    return opened.type === 'opened' ? opened.atUs : undefined;
  } catch {
    return undefined;
  } finally {
    handle.terminate();
  }
}

/** What befalls the disk of a node that is down, as an action of the run. */
export type DiskAction = Extract<Action, { readonly type: 'damage-disk' | 'copy-disk' | 'restore-copy' }>;

export function isDiskAction(action: Action): action is DiskAction {
  return action.type === 'damage-disk' || action.type === 'copy-disk' || action.type === 'restore-copy';
}

/**
 * Does to the real database of a node, which no worker may be using, what befalls its disk; gives a sentence where that cannot
 * be, because it cannot even be opened, or there is nothing to copy.
 */
export async function handleDatabase(
  action: DiskAction,
  owner: NodeId,
  cluster: string,
  createWorker: (id: NodeId) => Worker,
): Promise<string | undefined> {
  const handle = new NodeWorkerHandle(owner, createWorker(owner));
  try {
    const [disk, copy] = [databaseName(cluster, owner), copyName(cluster, owner)];
    if (action.type === 'damage-disk') await handle.damage(disk, cluster, action.damage);
    else if (action.type === 'copy-disk') await handle.copy(disk, copy, cluster);
    else await handle.copy(copy, disk, cluster);
    return undefined;
  } catch (error) {
    return sentenceOfError(error);
  } finally {
    handle.terminate();
  }
}
