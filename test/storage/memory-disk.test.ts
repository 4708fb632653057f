import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../src/storage/memory-disk.ts';
import { describeNodeStorage } from './acceptance.ts';

describeNodeStorage(
  {
    name: 'MemoryDisk',
    hasRecords: false,
    create: async () => {
      const disk = new MemoryDisk();
      return { open: () => disk, records: undefined, dispose: async () => {} };
    },
  },
  { describe, it },
);

describe('MemoryDisk', () => {
  it('answers at once, so that the simulator need not wait', () => {
    const disk = new MemoryDisk();
    const entry = { type: 'no-op', index: 1, term: 1 } as const;
    disk.write({ term: 1, votedFor: 'n1', truncateFrom: undefined, entries: [entry], atUs: 5 });
    expect(disk.load()).toEqual({ term: 1, votedFor: 'n1', entries: [entry], atUs: 5 });
  });

  it('hands out a log that later writes leave alone', () => {
    const disk = new MemoryDisk();
    const { entries } = disk.load();
    const entry = { type: 'no-op', index: 1, term: 1 } as const;
    disk.write({ term: 1, votedFor: undefined, truncateFrom: undefined, entries: [entry], atUs: 5 });
    expect(entries).toEqual([]);
  });
});
