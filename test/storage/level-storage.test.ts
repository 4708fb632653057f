import { describe, expect, it } from 'vitest';
import type { StorageWrite } from '../../src/host/ports.ts';
import type { Entry } from '../../src/raft/entry.ts';
import { LevelStorage, type RecordDatabase } from '../../src/storage/level-storage.ts';
import { createMemoryDatabase } from '../../src/storage/memory-storage.ts';

const owner = { cluster: 'test', node: 'n3' };

function write(index: number): StorageWrite {
  const entries: Entry[] = [{ type: 'no-op', index, term: 1 }];
  return { term: 1, votedFor: undefined, truncateFrom: undefined, entries, atUs: index };
}

/** Makes the next batch of the database fail, and counts those that are tried. */
function breakable(database: RecordDatabase): { failure: Error | undefined; batches: number } {
  const state: { failure: Error | undefined; batches: number } = { failure: undefined, batches: 0 };
  const batch = database.batch.bind(database) as () => unknown;
  Reflect.set(database, 'batch', () => {
    state.batches += 1;
    const { failure } = state;
    state.failure = undefined;
    if (failure !== undefined) throw failure;
    return batch();
  });
  return state;
}

describe('a disk that has failed', () => {
  it('says why, takes no more writes, and still holds what it held', async () => {
    const database = createMemoryDatabase();
    const state = breakable(database);
    const storage = await LevelStorage.open(database, owner);
    await storage.load();
    await storage.write(write(1));
    state.failure = new DOMException('Quota exceeded.', 'QuotaExceededError');
    await expect(storage.write(write(2))).rejects.toMatchObject({
      reason: 'full',
      message: "n3's disk is full: nothing of the last write was kept. Make room and revive n3.",
    });
    const { batches } = state;
    await expect(storage.write(write(2))).rejects.toMatchObject({
      reason: 'failed',
      message: expect.stringMatching(/^n3's disk takes no more writes since one failed: n3's disk is full/) as string,
    });
    expect(state.batches).toBe(batches);
    await storage.close();
    const reopened = await LevelStorage.open(database, owner);
    expect((await reopened.load()).entries).toEqual(write(1).entries);
    await reopened.write(write(2));
  });

  it('refuses the writes that were already waiting behind the one that failed', async () => {
    const database = createMemoryDatabase();
    const state = breakable(database);
    const storage = await LevelStorage.open(database, owner);
    await storage.load();
    state.failure = new Error('the cable fell out');
    const outcomes = await Promise.allSettled([storage.write(write(1)), storage.write(write(2)), storage.close()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});

describe('a disk in use', () => {
  it('is not written to before it was read', async () => {
    const storage = await LevelStorage.open(createMemoryDatabase(), owner);
    await expect(storage.write(write(1))).rejects.toMatchObject({
      reason: 'failed',
      message: "n3's disk was written to before it was read.",
    });
  });

  it('makes one batch of each write, whatever is in it', async () => {
    const database = createMemoryDatabase();
    const storage = await LevelStorage.open(database, owner);
    await storage.load();
    const state = breakable(database);
    await storage.write(write(1));
    await storage.write({ ...write(2), term: 2, votedFor: 'n1' });
    await storage.write({ ...write(2), truncateFrom: 1, entries: [] });
    expect(state.batches).toBe(3);
  });

  it('closes only when the writes under way are done', async () => {
    const database = createMemoryDatabase();
    const storage = await LevelStorage.open(database, owner);
    await storage.load();
    const done = storage.write(write(1));
    await storage.close();
    await done;
    await database.open();
    expect((await database.iterator({ highWaterMarkBytes: 16_777_216 }).nextv(1_000)).map(([key]) => key)).toContain(
      'log/0000000000000001',
    );
  });
});

describe('a disk that takes over what another holds', () => {
  const disk = async (): Promise<LevelStorage> => LevelStorage.open(createMemoryDatabase(), owner);

  it('holds that and nothing else, and can be written to when it was loaded', async () => {
    const [storage, copy] = [await disk(), await disk()];
    await storage.load();
    await storage.write(write(1));
    await copy.takeFrom(storage);
    await storage.write(write(2));
    await storage.write({ ...write(3), term: 2, votedFor: 'n1' });
    await storage.takeFrom(copy);
    await expect(storage.write(write(2))).rejects.toMatchObject({ reason: 'failed' });
    const again = await disk();
    await again.takeFrom(storage);
    expect(await again.load()).toEqual({ term: 1, votedFor: undefined, entries: write(1).entries, atUs: 1 });
    await again.write(write(2));
    expect((await again.load()).entries).toHaveLength(2);
  });

  it('stays as it is where that is nothing', async () => {
    const storage = await disk();
    await storage.load();
    await storage.write(write(1));
    await expect(storage.takeFrom(await disk())).rejects.toMatchObject({
      reason: 'corrupt',
      message: "n3's disk stays as it is: there is nothing in what was to be copied.",
    });
    expect((await storage.load()).entries).toEqual(write(1).entries);
  });
});

describe('a disk that holds nothing', () => {
  it('is a new one, but not for a node that has begun before: what it had promised is gone', async () => {
    const fresh = await LevelStorage.open(createMemoryDatabase(), owner);
    expect(await fresh.load()).toMatchObject({ term: 0, atUs: -1 });
    const database = createMemoryDatabase();
    const storage = await LevelStorage.open(database, owner);
    await expect(storage.load(true)).rejects.toMatchObject({
      reason: 'corrupt',
      message: expect.stringMatching(/^n3's disk is corrupt: it is empty.*stays down/) as string,
    });
    // To look left no trace: it is as empty as it was.
    await expect(storage.load(true)).rejects.toMatchObject({ reason: 'corrupt' });
  });
});
