import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/kv/command.ts';
import { SLICE_ITEMS, SLICE_UNITS, SnapshotWriter, readSnapshot } from '../../src/kv/store-snapshot.ts';
import { KvStateMachine } from '../../src/kv/state-machine.ts';
import type { Entry } from '../../src/raft/entry.ts';

const anyKey = fc.constantFrom('x', 'y', '__proto__', 'Zoë 水 🛶', 'constructor');
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ type: fc.constantFrom('set', 'append'), key: anyKey, value: fc.string({ maxLength: 5 }) }),
  fc.record({ type: fc.constantFrom('get', 'delete'), key: anyKey }),
  fc.record({
    type: fc.constant('compare-and-set' as const),
    key: anyKey,
    expected: fc.option(fc.string({ maxLength: 2 }), { nil: undefined }),
    value: fc.string({ maxLength: 2 }),
  }),
);

/** A store that has applied these, by three clients of whom some wait for old answers. */
function storeOf(operations: readonly Operation[]): KvStateMachine {
  const store = new KvStateMachine();
  for (const [position, operation] of operations.entries()) store.apply(entryOf(position + 1, operation));
  return store;
}

function entryOf(index: number, operation: Operation): Entry {
  const sequence = Math.ceil(index / 3);
  const command = {
    client: `c${index % 3}`,
    sequence,
    firstUnanswered: Math.max(1, sequence - (index % 4)),
    operation,
  };
  return { type: 'command', index, term: 1, command };
}

function bytesOf(writer: SnapshotWriter): Uint8Array {
  for (;;) {
    const data = writer.step();
    if (data !== undefined) return data;
  }
}

const snapshotOf = (store: KvStateMachine): Uint8Array => bytesOf(new SnapshotWriter(store.freeze()));

function restored(data: Uint8Array): KvStateMachine {
  const read = readSnapshot(data);
  if ('error' in read) throw new Error(read.error);
  return KvStateMachine.restore(read.saved);
}

describe('A snapshot of the store', () => {
  it('brings back the very store: keys in their order, sessions, and what comes of everything after', () => {
    fc.assert(
      fc.property(fc.array(anyOperation), fc.array(anyOperation), (before, after) => {
        const store = storeOf(before);
        const copy = restored(snapshotOf(store));
        expect(copy.save()).toEqual(store.save());
        for (const [position, operation] of after.entries()) {
          // Some come again, as a client's repeats do.
          const entry = {
            ...entryOf(before.length + 1 - (position % 2), operation),
            index: before.length + 1 + position,
          };
          expect(copy.apply(entry)).toEqual(store.apply(entry));
        }
        expect(copy.save()).toEqual(store.save());
      }),
    );
  });

  it('§8 a command that was applied before it is not applied again after it', () => {
    const entry = entryOf(1, { type: 'append', key: 'x', value: '7' });
    const store = new KvStateMachine();
    store.apply(entry);
    const copy = restored(snapshotOf(store));
    expect(copy.apply({ ...entry, index: 2 })).toMatchObject({ repeat: true, result: { type: 'ok', value: '7' } });
    expect(copy.get('x')).toBe('7');
  });

  it('is the same, byte for byte, on two nodes that have applied the same', () => {
    fc.assert(
      fc.property(fc.array(anyOperation), (operations) => {
        const data = snapshotOf(storeOf(operations));
        expect(snapshotOf(storeOf(operations))).toEqual(data);
        expect(snapshotOf(restored(data))).toEqual(data);
      }),
    );
  });

  it('holds the store as it was when it was begun, whatever is written while it is made', () => {
    const store = storeOf(
      Array.from({ length: 2 * SLICE_ITEMS }, (_, n) => ({ type: 'set', key: `k${n}`, value: 'a' })),
    );
    const before = store.save();
    const writer = new SnapshotWriter(store.freeze());
    expect(writer.step()).toBeUndefined();
    for (const key of ['k0', `k${2 * SLICE_ITEMS - 1}`, 'new']) {
      store.apply(entryOf(store.lastApplied + 1, { type: 'set', key, value: 'b' }));
      store.apply(entryOf(store.lastApplied + 1, { type: 'delete', key: 'k3900' }));
    }
    expect(restored(bytesOf(writer)).save()).toEqual(before);
  });

  it('is made in slices of so many keys, or of so much text', () => {
    const stepsOf = (count: number, value: string): number => {
      const store = new KvStateMachine();
      for (let n = 0; n < count; n++) store.apply(entryOf(n + 1, { type: 'set', key: `k${n}`, value }));
      const writer = new SnapshotWriter({ ...store.freeze(), sessions: [] });
      let steps = 1;
      while (writer.step() === undefined) steps++;
      return steps;
    };
    expect(stepsOf(0, '')).toBe(1);
    expect(stepsOf(SLICE_ITEMS, '')).toBe(1);
    expect(stepsOf(SLICE_ITEMS + 1, '')).toBe(2);
    expect(stepsOf(10, 'x'.repeat(SLICE_UNITS / 4))).toBe(3);
  });
});

describe('A snapshot that is not whole', () => {
  const data = snapshotOf(
    storeOf(Array.from({ length: 30 }, (_, n) => ({ type: 'set', key: `k${n % 9}`, value: `${n}` }))),
  );

  it('is not believed, whichever bit of it is flipped', () => {
    for (let byte = 0; byte < data.length; byte++) {
      const spoilt = Uint8Array.from(data);
      spoilt[byte] = (spoilt[byte] ?? 0) ^ (1 << (byte % 8));
      expect(readSnapshot(spoilt), `byte ${byte}`).toMatchObject({ error: expect.any(String) as string });
    }
  });

  it('is not believed, wherever it ends', () => {
    for (let length = 0; length < data.length; length++) {
      expect(readSnapshot(data.slice(0, length)), `${length} bytes`).toMatchObject({
        error: expect.any(String) as string,
      });
    }
    expect(readSnapshot(Uint8Array.of(...data, 0))).toEqual({ error: 'it is cut off' });
  });

  it('says in one clause what is wrong', () => {
    expect(readSnapshot(new Uint8Array())).toEqual({ error: 'it is cut off' });
    const damaged = Uint8Array.from(data);
    damaged[12] = (damaged[12] ?? 0) ^ 1;
    expect(readSnapshot(damaged)).toEqual({ error: 'its beginning does not match its checksum' });
    const head = new DataView(data.buffer).getUint32(0) + 4;
    expect(readSnapshot(data.slice(0, head))).toEqual({
      error: 'it holds 0 keys and 0 sessions, and should hold 9 and 3',
    });
    const twice = Uint8Array.of(...data, ...data.slice(head));
    expect(readSnapshot(twice)).toMatchObject({ error: expect.stringMatching(/^slice 3 of it/) as string });
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(readSnapshot(bytes)).toMatchObject({ error: expect.any(String) as string });
      }),
    );
  });
});
