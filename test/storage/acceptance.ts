import { StorageError, type NodeStorage, type Recovered, type StorageWrite } from '../../src/host/ports.ts';
import type { Entry } from '../../src/raft/entry.ts';
import type { Snapshot } from '../../src/raft/snapshot.ts';
import type { Identity } from '../../src/storage/codec.ts';
import { crc32 } from '../../src/kv/crc32.ts';

/** A place that may become a node's disk, empty at first, and that outlives every storage opened on it. */
export interface Disk {
  /** Opens it; the storage that was open before has been closed. */
  open(identity: Identity): NodeStorage | Promise<NodeStorage>;
  /** The records under the storage, while it is closed; undefined where there are none to be damaged. */
  readonly records: Records | undefined;
  /** Lets go of everything, whatever is still open. */
  dispose(): Promise<void>;
}

/** An implementation, by name. */
export interface StorageUnderTest {
  readonly name: string;
  /** Whether its disks keep bytes that can be damaged. */
  readonly hasRecords: boolean;
  /** An empty disk. */
  create(): Promise<Disk>;
}

/** The raw bytes of a disk, by key. */
export interface Records {
  read(): Promise<Map<string, Uint8Array>>;
  put(key: string, record: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What a case is done on: a disk, and helpers that remember what is open. */
interface Bench {
  readonly records: Records;
  readonly load: (identity?: Identity) => Promise<Recovered>;
  readonly write: (write: Partial<StorageWrite>) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StorageCase {
  /** The sentence that the case proves. */
  readonly name: string;
  /** It damages records, so it is only for disks that have them. */
  readonly onRecords: boolean;
  run(bench: Bench): Promise<void>;
}

const OWNER: Identity = { cluster: 'test', node: 'n3' };

/** How many entries the case of the long log has. */
const MANY = 2_500;

/** Cases without a test runner, so that a browser can run them too. A case fails by rejecting. */
const storageCases: readonly StorageCase[] = [
  {
    name: 'an empty disk knows of no term, no vote and no entry',
    onRecords: false,
    run: async ({ load }) => same(await load(), { term: 0, votedFor: undefined, entries: [], atUs: -1 }),
  },
  {
    name: 'what was written is there after reopening',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 2, votedFor: 'n1', entries: entries(1, 3, 2), atUs: 7_000 });
      same(await load(), { term: 2, votedFor: 'n1', entries: entries(1, 3, 2), atUs: 7_000 });
    },
  },
  {
    name: '§5.2 a vote is kept, replaced, and cleared by a new term',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, votedFor: 'n2' });
      same((await load()).votedFor, 'n2');
      await write({ term: 2, votedFor: undefined });
      same(await load(), { term: 2, votedFor: undefined, entries: [], atUs: 0 });
      await write({ term: 2, votedFor: 'n1' });
      same((await load()).votedFor, 'n1');
    },
  },
  {
    name: 'a write without entries leaves the log as it is',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 4, 1) });
      await write({ term: 5, votedFor: 'n1' });
      same((await load()).entries, entries(1, 4, 1));
    },
  },
  {
    name: '§5.3 truncating and appending is one write, and the old tail does not come back',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 6, 1) });
      await write({ term: 2, truncateFrom: 3, entries: entries(3, 4, 2) });
      same((await load()).entries, [...entries(1, 2, 1), ...entries(3, 4, 2)]);
      await write({ term: 2, entries: entries(5, 5, 2) });
      same((await load()).entries, [...entries(1, 2, 1), ...entries(3, 5, 2)]);
    },
  },
  {
    name: 'truncating alone shortens the log, down to nothing',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 5, 1) });
      await write({ term: 1, truncateFrom: 4 });
      same((await load()).entries, entries(1, 3, 1));
      await write({ term: 1, truncateFrom: 9 });
      same((await load()).entries, entries(1, 3, 1));
      await write({ term: 1, truncateFrom: 1 });
      same((await load()).entries, []);
    },
  },
  {
    name: 'writes asked for at once are done in their order',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      const first = write({ term: 1, entries: entries(1, 2, 1) });
      const second = write({ term: 2, truncateFrom: 2, entries: entries(2, 3, 2) });
      const third = write({ term: 3, votedFor: 'n2', entries: entries(4, 4, 3), atUs: 9 });
      await Promise.all([first, second, third]);
      const expected = [...entries(1, 1, 1), ...entries(2, 3, 2), ...entries(4, 4, 3)];
      same(await load(), { term: 3, votedFor: 'n2', entries: expected, atUs: 9 });
    },
  },
  {
    name: 'a long log comes back whole and in order',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      const log = entries(1, MANY, 1);
      for (let from = 0; from < MANY; from += 500) await write({ term: 1, entries: log.slice(from, from + 500) });
      same((await load()).entries, log);
    },
  },
  {
    name: 'a command comes back as it was: absent values, other alphabets, names that JavaScript knows',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      const log = commands.map((command, position): Entry => ({
        type: 'command',
        index: position + 1,
        term: 1,
        command,
      }));
      await write({ term: 1, entries: log });
      same((await load()).entries, log);
    },
  },
  {
    name: 'an entry that leaves a gap is refused, nothing is changed, and no write is taken after that',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 2, 1) });
      await refused('failed', /entry 4.*end at 2/, write({ term: 2, entries: entries(4, 4, 2) }));
      await refused('failed', /no more writes/, write({ term: 2, entries: entries(3, 3, 2) }));
      same(await load(), { term: 1, votedFor: undefined, entries: entries(1, 2, 1), atUs: 0 });
      await write({ term: 1, entries: entries(3, 3, 1) });
      same((await load()).entries, entries(1, 3, 1));
    },
  },
  {
    name: '§7 a snapshot is kept, and the log behind it, and one takes the place of the other',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 2, entries: entries(1, 6, 1) });
      await write({ term: 2, snapshot: snapshotOf(4, 150_000), compactTo: { index: 4, term: 1 } });
      const held = { term: 2, votedFor: undefined, atUs: 0, base: { index: 4, term: 1 } };
      same(await load(), { ...held, entries: entries(5, 6, 1), snapshot: snapshotOf(4, 150_000) });
      await write({ term: 2, entries: entries(7, 8, 1) });
      await write({ term: 2, snapshot: snapshotOf(7, 10) });
      same(await load(), { ...held, entries: entries(5, 8, 1), snapshot: snapshotOf(7, 10) });
      await write({ term: 2, snapshot: snapshotOf(8, 0), compactTo: { index: 6, term: 1 } });
      const later = { ...held, base: { index: 6, term: 1 } };
      same(await load(), { ...later, entries: entries(7, 8, 1), snapshot: snapshotOf(8, 0) });
    },
  },
  {
    name: '§7 a snapshot takes the place of a whole log, be it shorter, longer or empty, and entries follow it',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      for (const [truncateFrom, index] of [
        [1, 5],
        [6, 20],
        [21, 30],
      ] as const) {
        const place = { index, term: 2 };
        await write({ term: 2, truncateFrom, snapshot: snapshotOf(index, 100), compactTo: place });
        const held = { term: 2, votedFor: undefined, atUs: 0, base: place, snapshot: snapshotOf(index, 100) };
        same(await load(), { ...held, entries: [] });
        // More than the next snapshot replaces, and then fewer.
        const more = entries(index + 1, index + (index === 5 ? 40 : 2), 2);
        await write({ term: 2, entries: more });
        same(await load(), { ...held, entries: more });
      }
    },
  },
  {
    name: '§7 entries that are written with the compaction behind which they stand follow it',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 3, 1) });
      const base = { index: 5, term: 1 };
      await write({ term: 1, truncateFrom: 3, snapshot: snapshotOf(5, 9), compactTo: base, entries: entries(6, 7, 1) });
      const held = { term: 1, votedFor: undefined, atUs: 0, base, snapshot: snapshotOf(5, 9) };
      same(await load(), { ...held, entries: entries(6, 7, 1) });
      await write({ term: 1, truncateFrom: 7 });
      same((await load()).entries, entries(6, 6, 1));
      await write({ term: 1, truncateFrom: 6, entries: entries(6, 8, 1) });
      same((await load()).entries, entries(6, 8, 1));
    },
  },
  {
    name: '§7 what was compacted is not to be had again, nor to be forgotten once more',
    onRecords: false,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 5, 1) });
      await write({ term: 1, snapshot: snapshotOf(4, 3), compactTo: { index: 4, term: 1 } });
      for (const wrong of [{ truncateFrom: 4 }, { compactTo: { index: 3, term: 1 } }, { entries: entries(4, 4, 1) }]) {
        await refused('failed', /log/, write({ term: 1, ...wrong }));
        same((await load()).entries, entries(5, 5, 1));
      }
    },
  },
  {
    name: 'a part of a snapshot that is damaged, missing, misplaced or of another one is noticed, and named',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 5, 1) });
      await write({ term: 1, snapshot: snapshotOf(4, 150_000), compactTo: { index: 4, term: 1 } });
      await close();
      const held = await records.read();
      const [first, second] = [partOf(4, 0), partOf(4, 1)];
      const damage: readonly (readonly [RegExp, (records: Records) => Promise<void>])[] = [
        [
          /part 2 of its snapshot up to entry 4 does not match/,
          (raw) => raw.put(second, flipped(need(held.get(second)), 70, 3)),
        ],
        [/part 2 of its snapshot up to entry 4 is cut off/, (raw) => raw.put(second, new Uint8Array(3))],
        [/part 2 of its snapshot up to entry 4 is missing/, (raw) => raw.remove(second)],
        [
          /part 1 of the snapshot up to entry 4 stands in the place of part 2/,
          (raw) => raw.put(second, need(held.get(first))),
        ],
        [
          /stands in the place of part 1 of its snapshot up to entry 9/,
          (raw) => raw.put(partOf(9, 0), need(held.get(first))),
        ],
      ];
      for (const [problem, spoil] of damage) {
        await spoil(records);
        await refused('corrupt', problem, load());
        await close();
        await records.remove(partOf(9, 0));
        for (const [key, record] of held) await records.put(key, record);
      }
      same((await load()).snapshot, snapshotOf(4, 150_000));
    },
  },
  {
    name: 'a log that does not begin behind what was compacted is noticed',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 6, 1) });
      await close();
      const [old, next] = [keyOf(4), keyOf(5)];
      const oldRecord = need((await records.read()).get(old));
      await load();
      await write({ term: 1, snapshot: snapshotOf(4, 3), compactTo: { index: 4, term: 1 } });
      await close();
      const held = await records.read();
      same(
        [...held.keys()].filter((key) => key.startsWith('log/')),
        [next, keyOf(6)],
      );
      await records.put(old, oldRecord);
      await refused('corrupt', /begins at entry 4, but should begin behind entry 4/, load());
      await close();
      await records.remove(old);
      await records.remove(next);
      await refused('corrupt', /log entry 5 is missing/, load());
    },
  },
  {
    name: 'a disk that holds no snapshot is written as it was before there were any, and one that does is of another format',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 5, 1) });
      await close();
      const versionOf = async (key: string): Promise<number> => need((await records.read()).get(key))[4] ?? 0;
      same([await versionOf('state'), await versionOf(keyOf(1))], [1, 1]);
      await load();
      await write({ term: 1, snapshot: snapshotOf(4, 3), compactTo: { index: 4, term: 1 } });
      await close();
      same([await versionOf('state'), await versionOf(keyOf(5)), await versionOf(partOf(4, 0))], [2, 1, 2]);
    },
  },
  {
    name: "another node's disk is refused",
    onRecords: true,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 1, 1) });
      await refused('foreign', /belongs to n3: give each node its own/, load({ ...OWNER, node: 'n2' }));
      await refused('foreign', /cluster "test".*cluster "other"/, load({ ...OWNER, cluster: 'other' }));
      same((await load()).entries, entries(1, 1, 1));
    },
  },
  {
    name: 'one flipped bit anywhere in a record is noticed, and the record is named',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 2, 1) });
      await close();
      const names = new Map([
        ['identity', /identity/],
        ['state', /term and vote/],
        [keyOf(2), /log entry 2 .*checksum/],
      ]);
      const held = await records.read();
      for (const [key, name] of names) {
        const record = need(held.get(key));
        // Every byte of the entry; of the others, whose making is the same, one of each part.
        const bytes = key === keyOf(2) ? record.keys() : [0, 4, 5, record.length - 1];
        for (const byte of bytes) {
          await records.put(key, flipped(record, byte, byte % 8));
          await refused('corrupt', name, load());
          await close();
        }
        await records.put(key, record);
      }
      same((await load()).entries, entries(1, 2, 1));
    },
  },
  {
    name: 'a record that is cut short, or empty, is noticed',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 2, 1) });
      await close();
      const record = need((await records.read()).get(keyOf(1)));
      for (const length of [0, 1, 4, 5, record.length - 4, record.length - 1]) {
        await records.put(keyOf(1), record.slice(0, length));
        await refused('corrupt', /log entry 1 /, load());
        await close();
      }
    },
  },
  {
    name: 'a record of zeros, and one of another version, are not read',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 2, 1) });
      await close();
      const record = need((await records.read()).get(keyOf(2)));
      await records.put(keyOf(2), new Uint8Array(record.length));
      await refused('corrupt', /log entry 2 .*checksum/, load());
      await close();
      const otherVersion = new Uint8Array([0, 0, 0, 0, 2, 0xc0]);
      new DataView(otherVersion.buffer).setUint32(0, crc32(otherVersion.subarray(4)));
      await records.put(keyOf(2), otherVersion);
      await refused('foreign', /format 2/, load());
    },
  },
  {
    name: 'a missing entry in the middle is noticed',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 7, 1) });
      await close();
      await records.remove(keyOf(3));
      await refused('corrupt', /log entry 3 is missing/, load());
      await close();
      await records.remove(keyOf(4));
      await refused('corrupt', /log entries 3 to 4 are missing/, load());
    },
  },
  {
    name: 'a missing end of the log, and a tail that came back, are noticed',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 3, 1) });
      await close();
      const last = need((await records.read()).get(keyOf(3)));
      await records.remove(keyOf(3));
      await refused('corrupt', /ends at entry 2, but should go on to entry 3/, load());
      await close();
      await records.put(keyOf(3), last);
      await load();
      await write({ term: 1, truncateFrom: 3 });
      await close();
      await records.put(keyOf(3), last);
      await refused('corrupt', /goes on to entry 3, but should end at entry 2/, load());
    },
  },
  {
    name: 'an entry in the place of another is noticed',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 3, 1) });
      await close();
      await records.put(keyOf(2), need((await records.read()).get(keyOf(3))));
      await refused('corrupt', /log entry 3 stands in the place of entry 2/, load());
    },
  },
  {
    name: '§5.3 a term that falls along the log is noticed',
    onRecords: true,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 2, entries: [...entries(1, 2, 2), ...entries(3, 3, 1)] });
      await refused('corrupt', /log entry 3 has term 1, but the one before it has term 2/, load());
    },
  },
  {
    name: '§5.1 an entry of a term that the node had not come to is noticed',
    onRecords: true,
    run: async ({ load, write }) => {
      await load();
      await write({ term: 1, entries: entries(1, 2, 2) });
      await refused('corrupt', /log entry 2 has term 2, but the node had only come to term 1/, load());
    },
  },
  {
    name: 'a disk without its identity, or without its term and vote, or with a stranger among its records, is refused',
    onRecords: true,
    run: async ({ load, write, close, records }) => {
      await load();
      await write({ term: 1, entries: entries(1, 1, 1) });
      await close();
      const held = await records.read();
      for (const [key, problem] of [
        ['identity', /identity is missing/],
        ['state', /term and vote is missing/],
      ] as const) {
        await records.remove(key);
        await refused('corrupt', problem, load());
        await close();
        await records.put(key, need(held.get(key)));
      }
      await records.put('stranger', new Uint8Array([1]));
      await refused('corrupt', /"stranger"/, load());
    },
  },
];

/** What a case needs of a test runner. */
interface Runner {
  readonly describe: (name: string, cases: () => void) => void;
  readonly it: (name: string, run: () => Promise<void>) => void;
}

/** The suite that every implementation of {@link NodeStorage} passes. */
export function describeNodeStorage(subject: StorageUnderTest, { describe, it }: Runner): void {
  describe(subject.name, () => {
    for (const each of casesFor(subject)) it(each.name, () => runStorageCase(each, subject));
  });
}

/** The cases that make sense for it. */
export function casesFor({ hasRecords }: StorageUnderTest): readonly StorageCase[] {
  return storageCases.filter(({ onRecords }) => hasRecords || !onRecords);
}

/** Runs one case on a new disk. */
export async function runStorageCase(each: StorageCase, subject: StorageUnderTest): Promise<void> {
  const disk = await subject.create();
  let storage: NodeStorage | undefined;
  const close = async (): Promise<void> => {
    const open = storage;
    storage = undefined;
    await open?.close();
  };
  try {
    await each.run({
      get records() {
        return need(disk.records);
      },
      close,
      load: async (identity = OWNER) => {
        await close();
        storage = await disk.open(identity);
        return storage.load();
      },
      // A storage that answers at once throws at once; the case sees a promise in either case.
      write: async (write) => need(storage).write({ ...NO_WRITE, ...write }),
    });
  } finally {
    await close();
    await disk.dispose();
  }
}

const NO_WRITE: StorageWrite = { term: 0, votedFor: undefined, truncateFrom: undefined, entries: [], atUs: 0 };

const commands: readonly unknown[] = [
  { client: 'c1', sequence: 1, firstUnanswered: 1, operation: { type: 'set', key: 'k', value: '' } },
  { client: 'c1', sequence: 2, firstUnanswered: 1, operation: { type: 'set', key: '__proto__', value: 'Zoë 水 🛶' } },
  {
    client: 'c1',
    sequence: 2 ** 40,
    firstUnanswered: 2 ** 33,
    operation: { type: 'compare-and-set', key: 'k', expected: undefined, value: 'constructor' },
  },
  { client: 'c1', sequence: 3, firstUnanswered: 1, operation: { type: 'append', key: 'k', value: 'x'.repeat(65_536) } },
  undefined,
  'anything',
  [1, -1, 2.5, true],
];

/** Entries of one term, of both types. */
function entries(from: number, to: number, term: number): readonly Entry[] {
  return Array.from({ length: to - from + 1 }, (_, position): Entry => {
    const index = from + position;
    return index % 3 === 1
      ? { type: 'no-op', index, term }
      : { type: 'command', index, term, command: `command ${index}` };
  });
}

/** Bytes that are not all alike, so that parts cannot be mistaken for one another. */
function snapshotOf(index: number, length: number): Snapshot {
  const configuration = { voters: ['n1', 'n2', 'n3'], outgoing: [], learners: ['n4'], leavesByItself: false };
  const data = Uint8Array.from({ length }, (_, position) => (position * 7 + (position >> 8)) % 251);
  return { index, term: 2, configuration, data };
}

function partOf(index: number, part: number): string {
  return `snapshot/${String(index).padStart(16, '0')}/${String(part).padStart(6, '0')}`;
}

function keyOf(index: number): string {
  return `log/${String(index).padStart(16, '0')}`;
}

function flipped(record: Uint8Array, byte: number, bit: number): Uint8Array {
  // Not `slice`, which on Node's Buffer would share the bytes.
  const copy = Uint8Array.from(record);
  copy[byte] = (copy[byte] ?? 0) ^ (1 << bit);
  return copy;
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The case needs something that is not there.');
  return value;
}

async function refused(reason: StorageError['reason'], message: RegExp, attempt: Promise<unknown>): Promise<void> {
  const outcome: unknown = await attempt.then(
    () => 'no error',
    (error: unknown) => error,
  );
  if (outcome instanceof StorageError && outcome.reason === reason && message.test(outcome.message)) return;
  throw new Error(`Expected a StorageError (${reason}, ${String(message)}), but got: ${String(outcome)}`, {
    cause: outcome,
  });
}

function same(actual: unknown, expected: unknown): void {
  if (isSame(actual, expected)) return;
  throw new Error(
    `Expected ${JSON.stringify(expected).slice(0, 500)}, but got ${JSON.stringify(actual).slice(0, 500)}.`,
  );
}

/** Whether two pieces of plain data are alike; a property that is undefined is not the same as none. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSame(Reflect.get(one, key), Reflect.get(other, key)));
}
