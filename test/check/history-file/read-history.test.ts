import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HISTORY_OPERATIONS, type ReadHistory } from '../../../src/check/history-file/build-history.ts';
import {
  MAX_HISTORY_BYTES,
  readHistory,
  type ReadHistoryOptions,
} from '../../../src/check/history-file/read-history.ts';
import { checkHistory, DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';

const plain: ReadHistoryOptions = { model: undefined, initial: undefined, fail: 'no-effect' };

function sound(text: string, options: Partial<ReadHistoryOptions> = {}): ReadHistory {
  const read = readHistory(text, { ...plain, ...options });
  if ('error' in read) throw new Error(read.error);
  return read.history;
}

function faultOf(text: string, options: Partial<ReadHistoryOptions> = {}): string {
  const read = readHistory(text, { ...plain, ...options });
  return 'error' in read ? read.error : `no fault, ${read.history.operations.length} operations`;
}

function isLinearizable(text: string, options: Partial<ReadHistoryOptions> = {}): boolean {
  const { operations, initial } = sound(text, options);
  return checkHistory(operations, { initial, limits: DEFAULT_SEARCH_LIMITS }).type === 'linearizable';
}

const log = (...lines: readonly string[]): string => lines.map((line) => `INFO  jepsen.util - ${line}\n`).join('');

describe("Jepsen's log", () => {
  it('is read as operations with their outcomes', () => {
    const { operations, model, initial, lines } = sound(
      log(
        '0\t:invoke\t:write\t1',
        '1\t:invoke\t:read\tnil',
        '0\t:ok\t:write\t1',
        '2\t:invoke\t:cas\t[1 2]',
        '1\t:ok\t:read\t1',
        '2\t:info\t:cas\t:timed-out',
      ),
    );
    expect(model).toBe('register');
    expect(initial).toBeUndefined();
    expect(operations).toEqual([
      { client: '0', key: '', call: { type: 'write', value: 1 }, outcome: { type: 'ok' }, invokedAt: 0, returnedAt: 2 },
      { client: '1', key: '', call: { type: 'read' }, outcome: { type: 'saw', value: 1 }, invokedAt: 1, returnedAt: 4 },
      {
        client: '2',
        key: '',
        call: { type: 'compare-and-set', expected: 1, value: 2 },
        outcome: { type: 'unknown' },
        invokedAt: 3,
        returnedAt: Infinity,
      },
    ]);
    expect(lines).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('may come from another logger, with other lines, stack traces and a nemesis between', () => {
    const { operations } = sound(
      [
        '2020-01-01 10:00:00,000{GMT}\tINFO\t[main] jepsen.core: Running test',
        '2020-01-01 10:00:00,001{GMT}\tINFO\t[jepsen worker 0] jepsen.runner: 0\t:invoke\t:write\t1',
        ':nemesis\t:info\t:start\t"Cut off"',
        'java.net.SocketException: reset',
        '\tat java.net.Socket.read(Socket.java)',
        '0\t:info\t:write\t1\t:timed-out',
        '',
      ].join('\n'),
    );
    expect(operations).toHaveLength(1);
  });

  it.each([
    ['not a history', 'Line 1 is no history: neither Jepsen\'s log nor its EDN begins with "not a history".'],
    ['{"process": 0}', `Line 1 is no history: neither Jepsen's log nor its EDN begins with "{\\"process\\": 0}".`],
    ['', 'This file is empty: a history has at least one operation.'],
    [' \n\n', 'This file is empty: a history has at least one operation.'],
    ['INFO  jepsen.core - nothing\n', 'This log holds no operation of a client, as in "3 :invoke :write 4".'],
    [log('0\t:invoke\t:write\t1').slice(0, -2), 'Line 1: :value is missing; the line ends after :write.'],
    [log('0\t:invoke\t:write'), 'Line 1: :value is missing; the line ends after :write.'],
    [log('0\t:invoke'), 'Line 1: :f is missing; the line ends after :invoke.'],
    [
      `${log('0\t:invoke\t:write\t1')}INFO  jeps`,
      'Line 2 is neither an operation nor another line of a log: INFO  jeps',
    ],
    [
      `${log('0\t:invoke\t:write\t1')}INFO  jepsen.util - 0\n`,
      'Line 2 is neither an operation nor another line of a log: INFO  jepsen.util - 0',
    ],
    [`${log('0\t:invoke\t:write\t1')}garbage\n`, 'Line 2 is neither an operation nor another line of a log: garbage'],
    [log('0\t:maybe\t:write\t1'), 'Line 1: :type must be :invoke, :ok, :fail or :info, but is ":maybe".'],
    [log('0\t:invoke\twrite\t1'), 'Line 1: :f must be a keyword, as :read, but is "write".'],
    [log('0\t:invoke\t:write\t[1'), 'Line 1: :value is not EDN: the text ends before the "[" of line 1 is closed.'],
    [log('0\t:invoke\t:cas\t1'), 'Line 1: :value must be what is expected and what is new, as [1 2], but is 1.'],
    [log('0\t:ok\t:write\t1'), 'Line 1: :process is 0, which has invoked nothing that could now be :ok.'],
    [
      log('0\t:invoke\t:write\t1', '0\t:invoke\t:read\tnil'),
      'Line 2: :process is 0, whose operation of line 1 has not returned.',
    ],
    [
      log('0\t:invoke\t:write\t1', '0\t:ok\t:read\t1'),
      'Line 2: :f is :read, but process 0 had invoked :write on line 1.',
    ],
  ])('that is cut off or foreign is told in a sentence: %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('does not know an operation that its model has not', () => {
    expect(faultOf(log('0\t:invoke\t:append\t"1"'), { model: 'register' })).toBe(
      'Line 1: :f is :append, which a register does not know; it knows :read, :write, :cas.',
    );
    expect(faultOf(log('0\t:invoke\t:txn\t"1"'))).toBe(
      'Line 1: :f is :txn, which a kv does not know; it knows :get, :put, :append, :delete, :cas.',
    );
  });
});

const edn = (process: number, type: string, f: string, rest: string): string =>
  `{:process ${process}, :type :${type}, :f :${f}, ${rest}}\n`;
const put = (value: string): string =>
  edn(0, 'invoke', 'put', `:key "a", :value ${value}`) + edn(0, 'ok', 'put', `:key "a", :value ${value}`);
const got = (value: string): string =>
  edn(1, 'invoke', 'get', ':key "a", :value nil') + edn(1, 'ok', 'get', `:key "a", :value ${value}`);

describe("Jepsen's EDN", () => {
  it('is read a map a line, as one list, and with tags', () => {
    const maps = put('"1"') + got('"1"');
    const lines = sound(maps);
    expect(lines.model).toBe('kv');
    expect(lines.operations.map(({ key }) => key)).toEqual(['"a"', '"a"']);
    expect(sound(`[${maps}]`)).toEqual(lines);
    expect(sound(maps.replaceAll('{:process', '#jepsen.history.Op{:index 1, :time 2, :process'))).toEqual(lines);
    expect(lines.operations[1]?.outcome).toEqual({ type: 'saw', value: '1' });
  });

  it('may have its key as the first part of the value', () => {
    const { operations } = sound(
      edn(0, 'invoke', 'read', ':value [7 nil]') +
        edn(0, 'ok', 'read', ':value [7 3]') +
        edn(1, 'invoke', 'cas', ':value [8 [1 2]]') +
        edn(1, 'fail', 'cas', ':value [8 [1 2]], :error :nope'),
    );
    expect(operations).toMatchObject([
      { key: '7', call: { type: 'read' }, outcome: { type: 'saw', value: 3 } },
      { key: '8', call: { type: 'compare-and-set', expected: 1, value: 2 }, outcome: { type: 'none' } },
    ]);
  });

  it('passes over a nemesis, and over what it does not need', () => {
    const nemesis = '{:process :nemesis, :type :info, :f :start, :value nil}\n';
    expect(sound(nemesis + put('"1"') + nemesis).operations).toHaveLength(1);
  });

  it('has no operations where its list is empty', () => {
    expect(sound('[]').operations).toEqual([]);
  });

  it.each([
    ['{:process 0, :type :invoke', 'Line 1: this is not EDN: the text ends before the "{" of line 1 is closed.'],
    [`${put('"1"')}{:process`, 'Line 3: this is not EDN: the text ends before the "{" of line 3 is closed.'],
    [`[${put('"1"')}`, 'Line 3: the list of operations is not closed.'],
    [`[${put('"1"')}] 5`, 'Line 3: there is something after the end of the list of operations.'],
    [`[${put('"1"')} 5]`, 'Line 3: an operation must be a map, as {:process 0, :type :invoke, …}.'],
    ['{:type :invoke, :f :read, :value nil}', 'Line 1: :process is missing.'],
    ['{:process nil, :type :invoke, :f :read}', 'Line 1: :process is missing.'],
    [
      '{:process [1], :type :invoke, :f :read}',
      'Line 1: :process must be a number or a name, as 3 or :nemesis, but is an object.',
    ],
    ['{:process 0, :f :read, :value nil}', 'Line 1: :type is missing.'],
    ['{:process 0, :type :done, :f :read}', 'Line 1: :type must be :invoke, :ok, :fail or :info, but is ":done".'],
    ['{:process 0, :type :invoke, :value nil}', 'Line 1: :f is missing.'],
    [put('"1"') + edn(2, 'invoke', 'get', ':value nil'), 'Line 3: :key is missing.'],
    [
      put('"1"') + edn(2, 'invoke', 'append', ':key "a", :value 5'),
      'Line 3: :value must be a text to append, but is 5.',
    ],
    [
      put('5') + edn(2, 'invoke', 'append', ':key "a", :value "5"'),
      'Line 1: :value is, or was answered with, 5; where there is :append, all values are texts.',
    ],
    [
      edn(0, 'invoke', 'get', ':key "a"') + edn(0, 'ok', 'get', ':key "b", :value "1"'),
      'Line 2: :key is "b", but process 0 had asked for "a" on line 1.',
    ],
    [
      edn(0, 'invoke', 'read', ':value [7 nil]') + edn(0, 'ok', 'read', ':value 3'),
      'Line 2: :value must be a key and a value, as [0 nil], but is 3.',
    ],
  ])('that is cut off or foreign is told in a sentence: %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });
});

describe('What a history says', () => {
  it('of a failed operation is for its reader to choose', () => {
    const failed = log(
      '0\t:invoke\t:write\t1',
      '0\t:ok\t:write\t1',
      '0\t:invoke\t:cas\t[1 2]',
      '0\t:fail\t:cas\t[1 2]',
    );
    expect(sound(failed).failedSwaps).toBe(1);
    expect(isLinearizable(failed)).toBe(true);
    expect(isLinearizable(failed, { fail: 'mismatch' })).toBe(false);
    const seen = failed + log('1\t:invoke\t:read\tnil', '1\t:ok\t:read\t2');
    expect(isLinearizable(seen)).toBe(false);
    expect(isLinearizable(seen, { fail: 'unknown' })).toBe(true);
    expect(isLinearizable(log('0\t:invoke\t:write\t1', '0\t:fail\t:write\t1'), { fail: 'mismatch' })).toBe(true);
  });

  it('of nothing is nil or the empty text in a store, as it shows, and nil in a register', () => {
    expect(isLinearizable(got('""'))).toBe(true);
    expect(isLinearizable(got('nil'))).toBe(true);
    expect(isLinearizable(got('nil') + got('""'))).toBe(true);
    expect(isLinearizable(got('nil') + put('""') + got('""'))).toBe(true);
    expect(isLinearizable(got('nil') + put('""') + got('nil'))).toBe(false);
    expect(isLinearizable(got('""').replaceAll(':get', ':read'), { model: 'register' })).toBe(false);
    const removed = edn(0, 'invoke', 'delete', ':key "a", :value nil') + edn(0, 'ok', 'delete', ':key "a", :value nil');
    expect(isLinearizable(put('"1"') + removed + got('""'))).toBe(true);
    expect(isLinearizable(put('"1"') + removed + got('"1"'))).toBe(false);
  });

  it('of how it began can be told, as EDN or as plain text', () => {
    const began = (value: string, initial: string): boolean =>
      isLinearizable(log('0\t:invoke\t:read\tnil', `0\t:ok\t:read\t${value}`), { initial });
    expect(began('0', '0')).toBe(true);
    expect(began('"0"', '0')).toBe(true);
    expect(began('"0"', '"0"')).toBe(true);
    expect(began('0', '"0"')).toBe(false);
    expect(began('1', '0')).toBe(false);
    expect(began('nil', 'nil')).toBe(true);
    expect(began('"nil"', '"nil"')).toBe(true);
    expect(began('"some words"', 'some words')).toBe(true);
    expect(began('"word"', 'word')).toBe(true);
    expect(began(':up', ':up')).toBe(true);
    expect(began('""', '')).toBe(true);
    expect(began('[1 2]', '[1 2]')).toBe(true);
  });
});

describe('A history file', () => {
  it('of more bytes than it may have is refused', () => {
    expect(faultOf(' '.repeat(MAX_HISTORY_BYTES + 1))).toBe(
      `This file is larger than a history may be: the limit is ${MAX_HISTORY_BYTES} bytes.`,
    );
    expect(faultOf('é'.repeat(MAX_HISTORY_BYTES / 2 + 1))).toContain('larger than a history may be');
  });

  it('of more operations than it may have is refused, and one of as many is read', { timeout: 60_000 }, () => {
    const line = (process: number): string => `${process}\t:invoke\t:write\t1\n`;
    const most = Array.from({ length: MAX_HISTORY_OPERATIONS }, (_, process) => line(process)).join('');
    expect(sound(most).operations).toHaveLength(MAX_HISTORY_OPERATIONS);
    expect(faultOf(most + line(MAX_HISTORY_OPERATIONS))).toBe(
      `Line ${MAX_HISTORY_OPERATIONS + 1}: a history may have at most 200,000 operations.`,
    );
  });

  it('that is cut anywhere, or changed anywhere, is read or told in one sentence', { timeout: 60_000 }, () => {
    const whole = [
      log(
        '0\t:invoke\t:write\t1',
        '1\t:invoke\t:read\tnil',
        '0\t:ok\t:write\t1',
        '1\t:ok\t:read\t1',
        '2\t:invoke\t:cas\t[1 2]',
      ),
      put('"1"') + got('"1"'),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.nat(),
        fc.string({ maxLength: 2 }),
        (text, from, count, other) => {
          const place = from % text.length;
          const changed = text.slice(0, place) + other + text.slice(place + (count % 40));
          const read = readHistory(changed, plain);
          if ('error' in read) expect(read.error).toMatch(/^(?:Line \d+|This)[^\n]*\.?$/);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
