import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_VALUE_BYTES, type KvCommand, type Operation, type OperationResult } from '../../src/kv/command.ts';
import { MAX_SESSIONS, SESSION_WINDOW } from '../../src/kv/limits.ts';
import { KvStateMachine, type Applied } from '../../src/kv/state-machine.ts';
import type { Command } from '../../src/raft/entry.ts';

/** A state machine that is given commands one by one, each at the next index. */
class Store {
  readonly machine = new KvStateMachine();
  #index = 0;

  apply(command: Command): Applied {
    this.#index += 1;
    return this.machine.apply({ type: 'command', index: this.#index, term: 1, command });
  }

  /** As a client that always waits for its answer. */
  do(operation: Operation): Applied {
    return this.apply({ client: 'c1', sequence: this.#index + 1, firstUnanswered: this.#index + 1, operation });
  }
}

function ok(value: string | undefined): OperationResult {
  return { type: 'ok', value };
}

describe('the store', () => {
  it('sets, gets and deletes', () => {
    const store = new Store();
    const set = { type: 'set', key: 'x', value: '5' } as const;
    expect(store.do(set)).toEqual({ result: ok('5'), change: { key: 'x', value: '5' }, repeat: false });
    expect(store.do({ type: 'get', key: 'x' })).toEqual({ result: ok('5'), change: undefined, repeat: false });
    expect(store.do({ type: 'delete', key: 'x' })).toEqual({
      result: ok(undefined),
      change: { key: 'x', value: undefined },
      repeat: false,
    });
    expect(store.machine.get('x')).toBeUndefined();
  });

  it('an absent key is read and deleted as undefined, and nothing changes', () => {
    const store = new Store();
    const nothing = { result: ok(undefined), change: undefined, repeat: false };
    expect(store.do({ type: 'get', key: 'x' })).toEqual(nothing);
    expect(store.do({ type: 'delete', key: 'x' })).toEqual(nothing);
    expect(store.machine.size).toBe(0);
  });

  it('appends, to an absent key like set', () => {
    const store = new Store();
    expect(store.do({ type: 'append', key: 'x', value: 'a' }).result).toEqual(ok('a'));
    expect(store.do({ type: 'append', key: 'x', value: 'b' })).toEqual({
      result: ok('ab'),
      change: { key: 'x', value: 'ab' },
      repeat: false,
    });
  });

  it('compare-and-set writes only where the key holds what is expected, absence included', () => {
    const store = new Store();
    const cas = (expected: string | undefined, value: string): Applied =>
      store.do({ type: 'compare-and-set', key: 'x', expected, value });
    expect(cas('1', '2')).toEqual({
      result: { type: 'mismatch', actual: undefined },
      change: undefined,
      repeat: false,
    });
    expect(cas(undefined, '1')).toEqual({ result: ok('1'), change: { key: 'x', value: '1' }, repeat: false });
    expect(cas(undefined, '2').result).toEqual({ type: 'mismatch', actual: '1' });
    expect(cas('1', '2').result).toEqual(ok('2'));
    expect(store.machine.get('x')).toBe('2');
  });

  it('an append whose result would be over the limit is refused, and the value stays', () => {
    const store = new Store();
    const almost = 'v'.repeat(MAX_VALUE_BYTES - 1);
    store.do({ type: 'set', key: 'x', value: almost });
    expect(store.do({ type: 'append', key: 'x', value: 'é' })).toEqual({
      result: {
        type: 'refused',
        message: `The value would become ${MAX_VALUE_BYTES + 1} bytes long; a value may have at most ${MAX_VALUE_BYTES} bytes. Nothing was appended.`,
      },
      change: undefined,
      repeat: false,
    });
    expect(store.do({ type: 'append', key: 'x', value: 'v' }).change?.value).toBe(`${almost}v`);
  });

  it('an operation over a limit is refused, and nothing changes', () => {
    const store = new Store();
    const { result, change } = store.do({ type: 'set', key: '', value: 'v' });
    expect(result).toEqual({ type: 'refused', message: 'The key is empty; a key needs at least 1 byte.' });
    expect(change).toBeUndefined();
    expect(store.machine.size).toBe(0);
  });

  it('a no-op answers nothing and changes nothing, but is applied', () => {
    const { machine } = new Store();
    const applied = machine.apply({ type: 'no-op', index: 1, term: 1 });
    expect(applied).toEqual({ result: undefined, change: undefined, repeat: false });
    expect(machine.lastApplied).toBe(1);
  });

  it('whatever stands in the log, it is answered and never thrown at', () => {
    fc.assert(
      fc.property(fc.anything(), (command) => {
        const store = new Store();
        expect(store.apply(command)).toEqual({
          result: {
            type: 'refused',
            message: 'The log entry is not a command that this store knows; nothing was changed.',
          },
          change: undefined,
          repeat: false,
        });
      }),
    );
  });

  it('keys that JavaScript knows are keys like any other', () => {
    const store = new Store();
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(store.do({ type: 'get', key }).result).toEqual(ok(undefined));
      store.do({ type: 'set', key, value: key });
    }
    expect([...store.machine.entries()].map(([key]) => key)).toEqual(['__proto__', 'constructor', 'toString']);
  });
});

describe('sessions (§8, thesis 6.3)', () => {
  const append = (sequence: number, firstUnanswered = 1, client = 'c1'): KvCommand => ({
    client,
    sequence,
    firstUnanswered,
    operation: { type: 'append', key: 'x', value: `${sequence},` },
  });

  it('a repeated command is applied once and gets the first result', () => {
    const store = new Store();
    const first = store.apply(append(1));
    store.apply(append(2));
    expect(store.apply(append(1))).toEqual({ result: first.result, change: undefined, repeat: true });
    expect(store.machine.get('x')).toBe('1,2,');
  });

  it('a repeated read gets what was read first', () => {
    const store = new Store();
    const get = { client: 'c1', sequence: 1, firstUnanswered: 1, operation: { type: 'get', key: 'x' } } as const;
    store.apply(get);
    store.apply(append(2));
    expect(store.apply(get)).toEqual({ result: ok(undefined), change: undefined, repeat: true });
  });

  it('a repeated refusal and a repeated mismatch stay what they were', () => {
    const store = new Store();
    const cas = {
      client: 'c1',
      sequence: 1,
      firstUnanswered: 1,
      operation: { type: 'compare-and-set', key: 'x', expected: '2,', value: 'new' },
    } as const;
    const { result } = store.apply(cas);
    store.apply(append(2));
    expect(store.apply(cas)).toEqual({ result, change: undefined, repeat: true });
    expect(store.machine.get('x')).toBe('2,');
  });

  it('commands that arrive out of order are all applied', () => {
    const store = new Store();
    for (const sequence of [3, 1, 2]) store.apply(append(sequence));
    expect(store.machine.get('x')).toBe('3,1,2,');
  });

  it('the same number of another client is another command', () => {
    const store = new Store();
    store.apply(append(1));
    expect(store.apply(append(1, 1, 'c2')).repeat).toBe(false);
  });

  it('results below the first unanswered one are forgotten', () => {
    const store = new Store();
    for (const sequence of [1, 2, 3]) store.apply(append(sequence));
    expect(store.machine.sessionInfo).toEqual({ sessions: 1, results: 3 });
    store.apply(append(4, 3));
    expect(store.machine.sessionInfo).toEqual({ sessions: 1, results: 2 });
  });

  it('a command below what was forgotten is refused without effect, applied before or not', () => {
    const store = new Store();
    store.apply(append(1));
    store.apply(append(4, 3));
    for (const sequence of [1, 2]) {
      expect(store.apply(append(sequence))).toEqual({
        result: {
          type: 'refused',
          message: `c1's command ${sequence} came after c1 had said that it waits for none before 3; nothing was changed.`,
        },
        change: undefined,
        repeat: false,
      });
    }
    expect(store.machine.get('x')).toBe('1,4,');
  });

  it('a first unanswered one that goes back changes nothing', () => {
    const store = new Store();
    store.apply(append(5, 5));
    store.apply(append(6, 2));
    expect(store.apply(append(4, 2)).result?.type).toBe('refused');
  });

  it('a leap of the numbers costs no more than what is remembered', () => {
    const store = new Store();
    store.apply(append(1));
    store.apply(append(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
    expect(store.machine.sessionInfo).toEqual({ sessions: 1, results: 1 });
  });

  it('a session remembers no more than its window', () => {
    const store = new Store();
    for (let sequence = SESSION_WINDOW; sequence >= 1; sequence--) store.apply(append(sequence));
    expect(store.machine.sessionInfo.results).toBe(SESSION_WINDOW);
    const tooFar = store.apply(append(SESSION_WINDOW + 1));
    expect(tooFar.result).toEqual({
      type: 'refused',
      message: `c1's command ${SESSION_WINDOW + 1} is ${SESSION_WINDOW} ahead of its first unanswered one; a client may be less than ${SESSION_WINDOW} ahead. Nothing was changed.`,
    });
    expect(store.machine.sessionInfo.results).toBe(SESSION_WINDOW);
    expect(store.apply(append(SESSION_WINDOW + 1, 2)).result?.type).toBe('ok');
  });

  it('past the most sessions the one used longest ago in the log is forgotten', () => {
    const store = new Store();
    for (let client = 1; client <= MAX_SESSIONS; client++) store.apply(append(1, 1, `c${client}`));
    // c1 is used again, so that c2 is now the oldest.
    expect(store.apply(append(1, 1, 'c1')).repeat).toBe(true);
    store.apply(append(1, 1, 'new'));
    expect(store.machine.sessionInfo.sessions).toBe(MAX_SESSIONS);
    expect(store.apply(append(1, 1, 'c1')).repeat).toBe(true);
    expect(store.apply(append(1, 1, 'c3')).repeat).toBe(true);
    expect(store.apply(append(1, 1, 'c2')).repeat).toBe(false);
  });
});

const keys = fc.constantFrom('a', 'b', '__proto__');
const values = fc.constantFrom('', '1', '2', 'long'.repeat(5_000));
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key: keys }),
  fc.record({ type: fc.constant('set' as const), key: keys, value: values }),
  fc.record({ type: fc.constant('delete' as const), key: keys }),
  fc.record({ type: fc.constant('append' as const), key: keys, value: values }),
  fc.record({
    type: fc.constant('compare-and-set' as const),
    key: keys,
    expected: fc.option(values, { nil: undefined }),
    value: values,
  }),
);

/** What the operations mean, written down once more in the plainest way. */
function carryOut(model: Map<string, string>, operation: Operation): OperationResult {
  const held = model.get(operation.key);
  if (operation.type === 'get') return ok(held);
  if (operation.type === 'delete') {
    model.delete(operation.key);
    return ok(undefined);
  }
  if (operation.type === 'compare-and-set' && held !== operation.expected) return { type: 'mismatch', actual: held };
  const value = operation.type === 'append' ? `${held ?? ''}${operation.value}` : operation.value;
  if (value.length > MAX_VALUE_BYTES) return { type: 'refused', message: 'too long' };
  model.set(operation.key, value);
  return ok(value);
}

describe('properties of the store', () => {
  it('it does what a plain map does', () => {
    fc.assert(
      fc.property(fc.array(operations, { maxLength: 60 }), (list) => {
        const store = new Store();
        const model = new Map<string, string>();
        for (const operation of list) {
          const expected = carryOut(model, operation);
          const { result, change } = store.do(operation);
          if (expected.type === 'refused') expect(result?.type).toBe('refused');
          else expect(result).toEqual(expected);
          if (change !== undefined) expect(store.machine.get(change.key)).toBe(change.value);
          expect(new Map(store.machine.entries())).toEqual(model);
        }
      }),
    );
  });

  it('its changes alone rebuild the map', () => {
    fc.assert(
      fc.property(fc.array(operations, { maxLength: 60 }), (list) => {
        const store = new Store();
        const rebuilt = new Map<string, string>();
        for (const operation of list) {
          const { change } = store.do(operation);
          if (change === undefined) continue;
          if (change.value === undefined) rebuilt.delete(change.key);
          else rebuilt.set(change.key, change.value);
        }
        expect(rebuilt).toEqual(new Map(store.machine.entries()));
      }),
    );
  });

  /** Commands of two clients, each several times, in any order: what retries and duplicating links do to a log. */
  const stormyLog = fc
    .array(fc.tuple(fc.constantFrom('c1', 'c2'), operations, fc.integer({ min: 1, max: 3 })), { maxLength: 30 })
    .chain((requests) => {
      const sequences = new Map<string, number>();
      const copies = requests.flatMap(([client, operation, times]) => {
        const sequence = (sequences.get(client) ?? 0) + 1;
        sequences.set(client, sequence);
        return Array.from({ length: times }, (): KvCommand => ({ client, sequence, firstUnanswered: 1, operation }));
      });
      return fc.shuffledSubarray(copies, { minLength: copies.length });
    });

  it('a command that stands in the log several times, in any order, is applied once, and every copy gets the same answer', () => {
    fc.assert(
      fc.property(stormyLog, (log) => {
        const store = new Store();
        const model = new Map<string, string>();
        const answers = new Map<string, OperationResult | undefined>();
        for (const command of log) {
          const name = `${command.client}:${command.sequence}`;
          const { result, repeat } = store.apply(command);
          expect(repeat).toBe(answers.has(name));
          if (repeat) expect(result).toEqual(answers.get(name));
          else carryOut(model, command.operation);
          answers.set(name, result);
        }
        expect(new Map(store.machine.entries())).toEqual(model);
      }),
    );
  });

  it('no copy is applied a second time, however early its client forgets', () => {
    const forgetful = stormyLog.chain((log) =>
      fc.array(fc.nat(), { minLength: log.length, maxLength: log.length }).map((draws) =>
        log.map((command, position) => ({
          ...command,
          firstUnanswered: 1 + ((draws[position] ?? 0) % command.sequence),
        })),
      ),
    );
    fc.assert(
      fc.property(forgetful, (log) => {
        const store = new Store();
        const applied = new Set<string>();
        for (const command of log) {
          const { result, repeat, change } = store.apply(command);
          const name = `${command.client}:${command.sequence}`;
          const stray = result?.type === 'refused' && result.message.includes('waits for none before');
          if (repeat || stray) expect(change).toBeUndefined();
          else {
            expect(applied.has(name)).toBe(false);
            applied.add(name);
          }
        }
      }),
    );
  });

  it('saved and restored at any moment, it goes on exactly as it would have', () => {
    fc.assert(
      fc.property(stormyLog, fc.nat({ max: 30 }), (log, cut) => {
        const whole = new Store();
        const part = new KvStateMachine();
        let restored: KvStateMachine | undefined;
        for (const [position, command] of log.entries()) {
          const entry = { type: 'command', index: position + 1, term: 1, command } as const;
          if (position === cut) restored = KvStateMachine.restore(structuredClone(part.save()));
          const expected = whole.apply(command);
          expect((restored ?? part).apply(entry)).toEqual(expected);
        }
        expect((restored ?? part).save()).toEqual(whole.machine.save());
      }),
    );
  });

  it('restored, it forgets the same session next', () => {
    const command = (client: string): KvCommand => ({
      client,
      sequence: 1,
      firstUnanswered: 1,
      operation: { type: 'get', key: 'x' },
    });
    const store = new Store();
    for (let client = 1; client <= MAX_SESSIONS; client++) store.apply(command(`c${client}`));
    store.apply(command('c1'));
    const restored = KvStateMachine.restore(store.machine.save());
    for (const machine of [store.machine, restored]) {
      machine.apply({ type: 'command', index: MAX_SESSIONS + 2, term: 1, command: command('c1') });
      machine.apply({ type: 'command', index: MAX_SESSIONS + 3, term: 1, command: command('new') });
    }
    expect(restored.save()).toEqual(store.machine.save());
    const kept = restored.save().sessions.map(({ client }) => client);
    expect(kept).toHaveLength(MAX_SESSIONS);
    expect(kept).not.toContain('c2');
  });
});
