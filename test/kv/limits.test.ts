import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES, type KvCommand, type Operation } from '../../src/kv/command.ts';
import { checkOperation, fits, MAX_CLIENT_BYTES, parseCommand, utf8Length } from '../../src/kv/limits.ts';

const RAFT = '🛶';
const HALF = '\ud83d';

/** Texts of every kind of character, halves of pairs among them. */
const texts = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7fe, max: 0xe001 }), fc.nat({ max: 0x90 })))
  .map((units) => String.fromCharCode(...units));

describe('utf8Length', () => {
  it('agrees with the encoder of the platform on any text, broken ones included', () => {
    const encoder = new TextEncoder();
    fc.assert(fc.property(texts, (text) => utf8Length(text) === encoder.encode(text).length));
    expect(utf8Length(`${HALF}${HALF}${RAFT}`)).toBe(3 + 3 + 4);
    expect(utf8Length('\u0000\u007f\u0080\u07ff\u0800\uffff')).toBe(1 + 1 + 2 + 2 + 3 + 3);
  });

  it('and fits says the same of every limit', () => {
    fc.assert(fc.property(texts, fc.nat({ max: 40 }), (text, max) => fits(text, max) === utf8Length(text) <= max));
  });
});

describe('checkOperation', () => {
  const types = ['get', 'set', 'delete', 'append', 'compare-and-set'] as const;

  function operation(type: Operation['type'], key: string, value: string): Operation {
    if (type === 'get' || type === 'delete') return { type, key };
    if (type === 'compare-and-set') return { type, key, expected: undefined, value };
    return { type, key, value };
  }

  it.each(types)('%s: a key has 1 to 256 bytes', (type) => {
    const sentence = `The key is ${MAX_KEY_BYTES + 1} bytes long; a key may have at most ${MAX_KEY_BYTES} bytes.`;
    expect(checkOperation(operation(type, 'k', ''))).toBeUndefined();
    expect(checkOperation(operation(type, 'k'.repeat(MAX_KEY_BYTES), ''))).toBeUndefined();
    expect(checkOperation(operation(type, RAFT.repeat(MAX_KEY_BYTES / 4), ''))).toBeUndefined();
    expect(checkOperation(operation(type, `${RAFT.repeat(MAX_KEY_BYTES / 4)}k`, ''))).toBe(sentence);
    expect(checkOperation(operation(type, '', ''))).toBe('The key is empty; a key needs at least 1 byte.');
  });

  it.each(['set', 'append', 'compare-and-set'] as const)('%s: a value has at most 65536 bytes', (type) => {
    const sentence = `The value is ${MAX_VALUE_BYTES + 1} bytes long; a value may have at most ${MAX_VALUE_BYTES} bytes.`;
    expect(checkOperation(operation(type, 'k', 'v'.repeat(MAX_VALUE_BYTES)))).toBeUndefined();
    expect(checkOperation(operation(type, 'k', 'v'.repeat(MAX_VALUE_BYTES + 1)))).toBe(sentence);
    expect(checkOperation(operation(type, 'k', `${RAFT.repeat(MAX_VALUE_BYTES / 4)}v`))).toBe(sentence);
  });

  it('what a compare-and-set expects is a value too', () => {
    const expected = 'v'.repeat(MAX_VALUE_BYTES + 1);
    const sentence = `The expected value is ${MAX_VALUE_BYTES + 1} bytes long; a value may have at most ${MAX_VALUE_BYTES} bytes.`;
    expect(checkOperation({ type: 'compare-and-set', key: 'k', expected, value: '' })).toBe(sentence);
  });

  it('half a surrogate pair is refused, because disks and sockets would change it', () => {
    expect(checkOperation({ type: 'get', key: `a${HALF}` })).toMatch(/^The key holds half a character/);
    expect(checkOperation({ type: 'set', key: 'k', value: `${HALF}b` })).toMatch(/^The value holds half a character/);
    expect(checkOperation({ type: 'set', key: RAFT, value: RAFT })).toBeUndefined();
  });
});

describe('parseCommand', () => {
  const command: KvCommand = {
    client: 'c1',
    sequence: 2,
    firstUnanswered: 1,
    operation: { type: 'compare-and-set', key: 'k', expected: undefined, value: 'v' },
  };

  it('hands back a command as it is', () => {
    expect(parseCommand(command)).toBe(command);
    expect(parseCommand({ ...command, operation: { type: 'compare-and-set', key: 'k', value: 'v' } })).toBeDefined();
    expect(parseCommand({ ...command, client: 'c'.repeat(MAX_CLIENT_BYTES) })).toBeDefined();
  });

  it.each([
    ['no client', { ...command, client: undefined }],
    ['an empty client', { ...command, client: '' }],
    ['a client over its limit', { ...command, client: 'c'.repeat(MAX_CLIENT_BYTES + 1) }],
    ['sequence 0', { ...command, sequence: 0 }],
    ['half a sequence', { ...command, sequence: 1.5 }],
    ['a sequence in words', { ...command, sequence: '2' }],
    ['a sequence past counting', { ...command, sequence: 2 ** 53 }],
    ['a first unanswered one after itself', { ...command, firstUnanswered: 3 }],
    ['a first unanswered one that is not a number', { ...command, firstUnanswered: NaN }],
    ['no operation', { ...command, operation: undefined }],
    ['an unknown operation', { ...command, operation: { type: 'increment', key: 'k' } }],
    ['a key that is no text', { ...command, operation: { type: 'get', key: 1 } }],
    ['a set without a value', { ...command, operation: { type: 'set', key: 'k' } }],
    ['an append without a value', { ...command, operation: { type: 'append', key: 'k' } }],
    [
      'a null expectation',
      { ...command, operation: { type: 'compare-and-set', key: 'k', expected: null, value: 'v' } },
    ],
    ['a compare-and-set without a value', { ...command, operation: { type: 'compare-and-set', key: 'k' } }],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'set k v'],
    ['a list', [1, 2]],
  ])('%s is no command', (_, value) => {
    expect(parseCommand(value)).toBeUndefined();
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => parseCommand(value) === undefined));
  });
});
