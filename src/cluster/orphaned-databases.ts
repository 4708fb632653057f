import { lockOfCluster } from './claimed-cluster.ts';
import { deleteDatabase } from './delete-database.ts';
import { whileFree } from './page-lock.ts';

/** The database of a node, or of a copy of it, and the name of its cluster in it. */
const NODE_DATABASE = /^whitewater\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/n\d+(?:\/copy)?$/;
const JOURNAL = /^whitewater\/journal\//;

/**
 * Deletes the databases of clusters that nobody will ever bring back: no journal names them, and no page that is open has
 * claimed them. A page that was closed while it threw its cluster away leaves such.
 */
export async function deleteOrphans(): Promise<void> {
  // First of all: a page that begins a cluster has claimed it before it makes a database, so what is listed is claimed.
  const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
  const clusters = new Map<string, string[]>();
  for (const name of names) {
    const cluster = NODE_DATABASE.exec(name)?.[1];
    if (cluster !== undefined) clusters.set(cluster, [...(clusters.get(cluster) ?? []), name]);
  }
  // A journal that cannot be read may name any of them: then the reading rejects, and all are kept.
  for (const name of names.filter((journal) => JOURNAL.test(journal))) clusters.delete(await clusterIn(name));
  for (const [cluster, databases] of clusters) {
    await whileFree(lockOfCluster(cluster), async () => {
      await Promise.all(databases.map(deleteDatabase));
    });
  }
}

/** The cluster that the journal names; a text that names none where it is empty. */
function clusterIn(journal: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(journal);
    // It was listed. If it is gone by now, it must not be made, least of all without the store that belongs into it.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => reject(opening.error ?? new Error(`${journal} cannot be opened.`));
    opening.onsuccess = () => {
      const database = opening.result;
      const finish = (): void => database.close();
      try {
        const reading = database.transaction('journal').objectStore('journal').get('run');
        reading.onerror = () => {
          finish();
          reject(reading.error ?? new Error(`${journal} cannot be read.`));
        };
        reading.onsuccess = () => {
          finish();
          const head: unknown = reading.result;
          const named = typeof head === 'object' && head !== null && 'cluster' in head ? head.cluster : undefined;
          resolve(typeof named === 'string' ? named : '');
        };
      } catch (error) {
        finish();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
  });
}
