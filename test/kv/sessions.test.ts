import { expect, it } from 'vitest';
import type { LogCommand, OperationResult } from '../../src/kv/command.ts';
import { MAX_SESSIONS } from '../../src/kv/limits.ts';
import { KvStateMachine } from '../../src/kv/state-machine.ts';
import { readSnapshot, SnapshotWriter } from '../../src/kv/store-snapshot.ts';

const EXPIRY_US = 1_000;

/** A store whose sessions expire, and the log that it is given. */
class Store {
  machine = new KvStateMachine({ sessionExpiryUs: EXPIRY_US });
  index = 0;

  put(command: LogCommand): { readonly result: OperationResult | undefined; readonly repeat: boolean } {
    this.index += 1;
    const { result, repeat } = this.machine.apply({ type: 'command', index: this.index, term: 1, command });
    return { result, repeat };
  }

  /** Gives the name of the session. */
  open(client: string, atUs: number): number {
    this.put({ type: 'open-session', client, atUs });
    return this.index;
  }

  append(client: string, session: number, sequence: number, atUs: number): OperationResult['type'] | 'repeat' {
    const operation = { type: 'append', key: 'x', value: '.' } as const;
    const { result, repeat } = this.put({ client, session, sequence, firstUnanswered: 1, operation, atUs });
    return repeat ? 'repeat' : (result?.type ?? 'refused');
  }
}

it('6.3 a retried command applies once while its session lives, and not at all once it has expired', () => {
  const store = new Store();
  const session = store.open('c1', 10);
  expect(store.append('c1', session, 1, 20)).toBe('ok');
  expect(store.append('c1', session, 1, 1_000)).toBe('repeat');
  store.open('c2', 2_000);
  expect(store.append('c1', session, 1, 2_000)).toBe('expired');
  expect(store.append('c1', session, 2, 2_000)).toBe('expired');
  expect(store.machine.get('x')).toBe('.');
});

it('6.3 a copy of the opening that comes late does not bring an expired session back', () => {
  const store = new Store();
  const session = store.open('c1', 10);
  expect(store.append('c1', session, 1, 20)).toBe('ok');
  const again = store.open('c1', 2_000);
  expect(again).not.toBe(session);
  expect(store.append('c1', session, 1, 2_000)).toBe('expired');
  expect(store.machine.get('x')).toBe('.');
});

it('6.3 a command without a session, or of a session that another client opened, is refused', () => {
  const store = new Store();
  const session = store.open('c1', 10);
  expect(store.append('c2', session, 1, 20)).toBe('expired');
  const operation = { type: 'set', key: 'x', value: '1' } as const;
  expect(store.put({ client: 'c1', sequence: 1, firstUnanswered: 1, operation, atUs: 20 }).result).toMatchObject({
    type: 'expired',
    message: 'c1 has opened no session; nothing was changed.',
  });
  expect(store.machine.get('x')).toBeUndefined();
});

it('6.3 use keeps a session alive, and a clock that goes back expires nothing and revives nothing', () => {
  const store = new Store();
  const session = store.open('c1', 10);
  for (let sequence = 1; sequence <= 5; sequence++) {
    expect(store.append('c1', session, sequence, 10 + sequence * 900)).toBe('ok');
  }
  expect(store.append('c1', session, 6, 0)).toBe('ok');
  store.open('c2', 5_510);
  expect(store.machine.sessionInfo.sessions).toBe(1);
  expect(store.append('c1', session, 7, 0)).toBe('expired');
});

it('6.3 all replicas forget the same session at the same entry, one that came from a snapshot as well', () => {
  const store = new Store();
  const session = store.open('c1', 10);
  store.append('c1', session, 1, 500);
  const writer = new SnapshotWriter(store.machine.freeze());
  let data: Uint8Array | undefined;
  while (data === undefined) data = writer.step();
  const read = readSnapshot(data);
  if ('error' in read) throw new Error(read.error);
  const other = new Store();
  other.machine = KvStateMachine.restore(read.saved, { sessionExpiryUs: EXPIRY_US });
  other.index = store.index;
  for (const atUs of [900, 1_499, 400, 2_498, 2_499]) {
    expect(other.append('c1', session, 2, atUs)).toBe(store.append('c1', session, 2, atUs));
    expect(other.machine.save()).toEqual(store.machine.save());
  }
});

it(`remembers ${MAX_SESSIONS} sessions, and refuses the commands of the one that it had to forget for another`, () => {
  const store = new Store();
  const first = store.open('c0', 1);
  const second = store.open('c1', 1);
  expect(store.append('c0', first, 1, 1)).toBe('ok');
  for (let number = 2; number <= MAX_SESSIONS; number++) store.open(`c${number}`, 1);
  expect(store.machine.sessionInfo.sessions).toBe(MAX_SESSIONS);
  expect(store.append('c1', second, 1, 1)).toBe('expired');
  expect(store.append('c0', first, 1, 1)).toBe('repeat');
});
