import { expose } from 'comlink';
import { NodeHome } from './node-home.ts';
import { openStorage } from './open-storage.ts';

/** The worker's entry: a node's home on an IndexedDB database. */
expose(
  new NodeHome({
    openDatabase: async ({ databaseName, cluster, id }) => {
      const storage = await openStorage(databaseName, cluster, id);
      return {
        load: (begun) => storage.load(begun),
        write: (write) => storage.write(write),
        damage: (damage) => storage.damage(damage),
        fill: (disk) => storage.fill(disk.records({ cluster, node: id })),
      };
    },
    copyDatabase: async ({ from, to, cluster, id }) => {
      const target = await openStorage(to, cluster, id);
      await target.takeFrom(await openStorage(from, cluster, id));
    },
    // The page hears of it as of anything else that nobody caught.
    onBroken: (error) => reportError(error),
  }),
);
