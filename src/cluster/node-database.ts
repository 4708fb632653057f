import type { NodeId } from '../raft/entry.ts';
import type { DiskDamage } from '../timeline/action.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { NodeWorkerHandle } from './node-worker-handle.ts';

/** The name of a node's database. */
export function databaseName(cluster: string, node: NodeId): string {
  return `whitewater/${cluster}/${node}`;
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

/**
 * Damages the database of a node, which no worker may be using; gives a sentence where that cannot be, because it cannot even
 * be opened.
 */
export async function damageDatabase(
  owner: NodeId,
  cluster: string,
  createWorker: (id: NodeId) => Worker,
  damage: DiskDamage,
): Promise<string | undefined> {
  const handle = new NodeWorkerHandle(owner, createWorker(owner));
  try {
    await handle.damage(databaseName(cluster, owner), cluster, damage);
    return undefined;
  } catch (error) {
    return sentenceOfError(error);
  } finally {
    handle.terminate();
  }
}
