import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { closestWord } from '../../src/cluster/closest-word.ts';
import { completions, MAX_COMPLETIONS } from '../../src/cluster/command-completions.ts';
import { commandHelp } from '../../src/cluster/command-help.ts';
import type { Command } from '../../src/cluster/command.ts';
import { parseCommandLine } from '../../src/cluster/command-language.ts';
import { wordFor, wordsOf } from '../../src/cluster/command-words.ts';
import { sabotageNames } from '../../src/raft/sabotage-name.ts';
import { leasesToSee } from '../../src/timeline/run-config.ts';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];

function command(line: string, leader?: string): Command {
  const parsed = parseCommandLine(line, nodes, leader);
  if ('error' in parsed) throw new Error(`${line}: ${parsed.error}`);
  return parsed.command;
}

function error(line: string): string {
  const parsed = parseCommandLine(line, nodes);
  if ('command' in parsed) throw new Error(`${line} was understood as ${JSON.stringify(parsed.command)}`);
  return parsed.error;
}

const operation = (asked: unknown) => ({ type: 'operation', operation: asked });
const action = (wanted: unknown) => ({ type: 'action', action: wanted });

const bridge = [
  ['n1', 'n2', 'n3'],
  ['n3', 'n4', 'n5'],
];

describe('the command language', () => {
  test.each([
    ['attach 127.0.0.1:4101', { type: 'attach', address: '127.0.0.1:4101', token: undefined }],
    [
      'attach wss://node.example:4101 "a token"',
      { type: 'attach', address: 'wss://node.example:4101', token: 'a token' },
    ],
    ['detach', { type: 'detach' }],
  ])('%s names a real cluster', (line, asked) => {
    expect(command(line)).toEqual(asked);
  });

  test.each([
    ['x=5', { type: 'set', key: 'x', value: '5' }],
    ['x = 5', { type: 'set', key: 'x', value: '5' }],
    ['  x =5 ', { type: 'set', key: 'x', value: '5' }],
    ['set x 5', { type: 'set', key: 'x', value: '5' }],
    ['SET x 5', { type: 'set', key: 'x', value: '5' }],
    ['set x=5', { type: 'set', key: 'x', value: '5' }],
    ['"a b" = "c d"', { type: 'set', key: 'a b', value: 'c d' }],
    [String.raw`x="say \"hi\""`, { type: 'set', key: 'x', value: 'say "hi"' }],
    [String.raw`x="one\ntwo\tthree"`, { type: 'set', key: 'x', value: 'one\ntwo\tthree' }],
    [`x='it is'`, { type: 'set', key: 'x', value: 'it is' }],
    [`set x it's`, { type: 'set', key: 'x', value: "it's" }],
    ['x=""', { type: 'set', key: 'x', value: '' }],
    ['x=a=b', { type: 'set', key: 'x', value: 'a=b' }],
    ['set x a|b>c', { type: 'set', key: 'x', value: 'a|b>c' }],
    ['get=5', { type: 'set', key: 'get', value: '5' }],
    ['get x', { type: 'get', key: 'x' }],
    ['get x via lease', { type: 'get', key: 'x', mode: 'lease' }],
    ['get x via STALE on 3', { type: 'get', key: 'x', mode: 'stale', node: 'n3' }],
    ['get via', { type: 'get', key: 'via' }],
    ['get on on 3 via stale', { type: 'get', key: 'on', mode: 'stale', node: 'n3' }],
    ['get x not-before 7', { type: 'get', key: 'x', notBefore: 7 }],
    ['get x via stale not-before SEEN', { type: 'get', key: 'x', mode: 'stale', notBefore: 'seen' }],
    ['get x not-before 0 on 2 via follower', { type: 'get', key: 'x', mode: 'follower', node: 'n2', notBefore: 0 }],
    ['get a=b', { type: 'get', key: 'a=b' }],
    ['get constructor', { type: 'get', key: 'constructor' }],
    ['del x', { type: 'delete', key: 'x' }],
    ['delete x', { type: 'delete', key: 'x' }],
    ['append x 7', { type: 'append', key: 'x', value: '7' }],
    ['cas x 5 6', { type: 'compare-and-set', key: 'x', expected: '5', value: '6' }],
    ['cas x none 5', { type: 'compare-and-set', key: 'x', expected: undefined, value: '5' }],
    ['cas x "none" 5', { type: 'compare-and-set', key: 'x', expected: 'none', value: '5' }],
  ])('%s asks the store', (line, expected) => {
    expect(command(line)).toEqual(operation(expected));
  });

  test.each([
    ['kill 3', { type: 'kill', node: 'n3' }],
    ['kill n3', { type: 'kill', node: 'n3' }],
    ['KILL N3', { type: 'kill', node: 'n3' }],
    ['revive 3', { type: 'revive', node: 'n3' }],
    ['restart 1', { type: 'restart', node: 'n1' }],
    ['pause 3', { type: 'pause', node: 'n3' }],
    ['resume 3', { type: 'resume', node: 'n3' }],
    ['timeout 3', { type: 'time-out-now', node: 'n3' }],
    ['isolate 3', { type: 'isolate', node: 'n3' }],
    ['cut 1 > 2', { type: 'cut', links: [{ from: 'n1', to: 'n2' }] }],
    ['cut 1>2', { type: 'cut', links: [{ from: 'n1', to: 'n2' }] }],
    ['cut n1->n2', { type: 'cut', links: [{ from: 'n1', to: 'n2' }] }],
    ['heal', { type: 'heal', links: undefined }],
    [
      'split 1 2 | 3 4 5',
      {
        type: 'split',
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
    ],
    [
      'split 1,2|3,4,5',
      {
        type: 'split',
        groups: [
          ['n1', 'n2'],
          ['n3', 'n4', 'n5'],
        ],
      },
    ],
    ['split 1 2 | 3 | 4 5', { type: 'split', groups: [['n1', 'n2'], ['n3'], ['n4', 'n5']] }],
    ['split 1 2', { type: 'split', groups: [['n1', 'n2']] }],
    ['latency 40 10', { type: 'set-links', links: undefined, quality: { latency: { meanMs: 40, spreadMs: 10 } } }],
    ['latency 40ms ±10', { type: 'set-links', links: undefined, quality: { latency: { meanMs: 40, spreadMs: 10 } } }],
    ['latency 40', { type: 'set-links', links: undefined, quality: { latency: { meanMs: 40, spreadMs: 0 } } }],
    ['loss 10%', { type: 'set-links', links: undefined, quality: { loss: 0.1 } }],
    ['loss 10 %', { type: 'set-links', links: undefined, quality: { loss: 0.1 } }],
    ['duplicate 5%', { type: 'set-links', links: undefined, quality: { duplication: 0.05 } }],
    ['loss 50% on 1 > 2', { type: 'set-links', links: [{ from: 'n1', to: 'n2' }], quality: { loss: 0.5 } }],
    ['split 1 2 3 | 3 4 5', { type: 'split', groups: bridge }],
    ['split bridge', { type: 'split', groups: bridge }],
    [
      'split ring',
      {
        type: 'split',
        groups: [
          ['n1', 'n2'],
          ['n2', 'n3'],
          ['n3', 'n4'],
          ['n4', 'n5'],
          ['n5', 'n1'],
        ],
      },
    ],
    ['clog 500 on 1 > 2', { type: 'clog', links: [{ from: 'n1', to: 'n2' }], forMs: 500 }],
    ['clog 0 on 1 > 2', { type: 'clog', links: [{ from: 'n1', to: 'n2' }], forMs: 0 }],
    ['flap 300 700 on 1 > 2', { type: 'flap', links: [{ from: 'n1', to: 'n2' }], downMs: 300, upMs: 700 }],
    ['flap 300 on 1 > 2', { type: 'flap', links: [{ from: 'n1', to: 'n2' }], downMs: 300, upMs: 300 }],
    ['flap off on 1 > 2', { type: 'flap', links: [{ from: 'n1', to: 'n2' }], downMs: 0, upMs: 1 }],
    [
      'reorder 20% 300 200',
      {
        type: 'set-links',
        links: undefined,
        quality: { reordering: { chance: 0.2, delay: { meanMs: 300, spreadMs: 200 } } },
      },
    ],
    [
      'replay 5 % 2s on 1 > 2',
      {
        type: 'set-links',
        links: [{ from: 'n1', to: 'n2' }],
        quality: { replay: { chance: 0.05, delay: { meanMs: 2_000, spreadMs: 0 } } },
      },
    ],
    [
      'replay off',
      {
        type: 'set-links',
        links: undefined,
        quality: { replay: { chance: 0, delay: { meanMs: 0, spreadMs: 0 } } },
      },
    ],
    ['drift 50000', { type: 'set-clock', nodes: undefined, driftPpm: 50_000 }],
    ['drift -2000 on 2 3', { type: 'set-clock', nodes: ['n2', 'n3'], driftPpm: -2_000 }],
    ['jump 500 on n1', { type: 'jump-clock', nodes: ['n1'], byMs: 500 }],
    ['slow 40 20 on 3', { type: 'set-handling', nodes: ['n3'], delay: { meanMs: 40, spreadMs: 20 } }],
    ['damage 3 entry', { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'entry' } }],
    ['damage 3 entry 5', { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'entry', index: 5 } }],
    ['damage 3 state', { type: 'damage-disk', node: 'n3', damage: { type: 'flip-byte', record: 'state' } }],
    ['damage 3 lost 3 5', { type: 'damage-disk', node: 'n3', damage: { type: 'lose-entries', from: 3, to: 5 } }],
    ['damage 3 torn', { type: 'damage-disk', node: 'n3', damage: { type: 'torn-write' } }],
    ['swap 2 3', { type: 'swap-disks', node: 'n2', with: 'n3' }],
    ['copy 3', { type: 'copy-disk', node: 'n3' }],
    ['restore 3', { type: 'restore-copy', node: 'n3' }],
    ['disk fails on 3', { type: 'set-disk', nodes: ['n3'], writes: 'fail-next' }],
    ['disk lies 7 on 3', { type: 'set-disk', nodes: ['n3'], unsynced: 7 }],
    ['disk full', { type: 'set-disk', nodes: undefined, writes: 'full' }],
    ['disk ok on 1 2', { type: 'set-disk', nodes: ['n1', 'n2'], writes: 'kept' }],
    ['disk 50', { type: 'set-disk', nodes: undefined, latency: { meanMs: 50, spreadMs: 0 } }],
    ['disk 50 5 on 2 3', { type: 'set-disk', nodes: ['n2', 'n3'], latency: { meanMs: 50, spreadMs: 5 } }],
  ])('%s is an action', (line, expected) => {
    expect(command(line)).toEqual(action(expected));
  });

  test('cut and heal with two nodes mean both directions, heal with one all its links', () => {
    const both = [
      { from: 'n1', to: 'n2' },
      { from: 'n2', to: 'n1' },
    ];
    expect(command('cut 1 2')).toEqual(action({ type: 'cut', links: both }));
    expect(command('heal 1 2')).toEqual(action({ type: 'heal', links: both }));
    const healed = command('heal 2');
    expect(healed).toMatchObject({ type: 'action', action: { type: 'heal' } });
    expect(JSON.stringify(healed).match(/"from"/g)).toHaveLength(8);
  });

  test.each([
    ['play', { type: 'play' }],
    ['pause', { type: 'pause' }],
    ['step', { type: 'step' }],
    ['speed 1/10', { type: 'speed', timesRealTime: 0.1 }],
    ['speed 1 / 1000', { type: 'speed', timesRealTime: 0.001 }],
    ['speed 2x', { type: 'speed', timesRealTime: 2 }],
    ['undo', { type: 'undo' }],
    ['reset', { type: 'reset', nodes: undefined, seed: undefined }],
    ['reset nodes 7 seed 42', { type: 'reset', nodes: 7, seed: 42 }],
    [
      'reset sabotage figure-8 leases sabotage lease-ignores-drift sabotage figure-8',
      {
        type: 'reset',
        nodes: undefined,
        seed: undefined,
        config: { leases: leasesToSee, reads: 'lease', sabotages: ['figure-8', 'lease-ignores-drift'] },
      },
    ],
    ['reset seed=42', { type: 'reset', nodes: undefined, seed: 42 }],
    [
      'reset nodes 3 window=4 forwarding no-pipelining',
      {
        type: 'reset',
        nodes: 3,
        seed: undefined,
        config: { maxInflightMessages: 4, forwarding: true, pipelining: false },
      },
    ],
    [
      'reset window-bytes 900 append-bytes=300 uncommitted-bytes 5000',
      {
        type: 'reset',
        nodes: undefined,
        seed: undefined,
        config: { maxInflightBytes: 900, maxBytesPerAppend: 300, maxUncommittedBytes: 5_000 },
      },
    ],
    ['help', { type: 'help', topic: undefined }],
    ['help delete', { type: 'help', topic: 'del' }],
  ])('%s is about the clock, the run or itself', (line, expected) => {
    expect(command(line)).toEqual(expected);
  });

  test.each([
    ['add', { type: 'add-node', node: undefined, voter: true }],
    ['add n6', { type: 'add-node', node: 'n6', voter: true }],
    ['add 6 learner', { type: 'add-node', node: 'n6', voter: false }],
    ['add learner', { type: 'add-node', node: undefined, voter: false }],
    ['promote 5', { type: 'membership', change: { type: 'promote', node: 'n5' } }],
    ['demote n3', { type: 'membership', change: { type: 'demote', node: 'n3' } }],
    ['remove 2', { type: 'membership', change: { type: 'remove', node: 'n2' } }],
    [
      'members 1, 2 6 6',
      { type: 'membership', change: { type: 'set-voters', voters: ['n1', 'n2', 'n6'], leavesByItself: true } },
    ],
    [
      'members 1 7 joint',
      { type: 'membership', change: { type: 'set-voters', voters: ['n1', 'n7'], leavesByItself: false } },
    ],
    ['leave', { type: 'membership', change: { type: 'leave-joint' } }],
  ])('%s changes who belongs to the cluster, whoever leads', (line, expected) => {
    expect(command(line)).toEqual(expected);
  });

  test.each([
    ['add 6 7', 'add takes one node, and “7” is too much, for example add n6.'],
    ['add six', 'There is no node “six”: the nodes are n1 to n5.'],
    ['remove 6', 'There is no node “6”: the nodes are n1 to n5.'],
    ['members', 'members needs nodes, for example members 1 2 6.'],
    ['members joint', 'members needs nodes, for example members 1 2 6.'],
    ['members 1 0', 'There is no node “0”: the nodes are n1 to n5.'],
    ['leave 2', 'leave stands alone; “2” is too much.'],
  ])('%s is not understood', (line, expected) => {
    expect(error(line)).toBe(expected);
  });

  test('snapshot takes one node', () => {
    const command = { type: 'action', action: { type: 'snapshot', node: 'n3' } };
    expect(parseCommandLine('snapshot 3', nodes)).toEqual({ command });
    expect(parseCommandLine('snapshot', nodes)).toEqual({ error: 'snapshot needs a node, for example snapshot 3.' });
  });

  test('a new cluster may be one whose logs are compacted', () => {
    const config = { snapshot: { everyEntries: 20, keepEntries: 4, chunkBytes: 512 } };
    expect(parseCommandLine('reset nodes 3 snapshots', nodes)).toMatchObject({
      command: { type: 'reset', nodes: 3, config },
    });
  });

  test('transfer names only who is to lead: who hands over is known when it is done', () => {
    expect(parseCommandLine('transfer 3', nodes)).toEqual({ command: { type: 'transfer', to: 'n3' } });
    expect(parseCommandLine('transfer', nodes)).toEqual({ error: 'transfer needs a node, for example transfer 3.' });
  });

  test('leader names the node that leads, and where none does, says so', () => {
    expect(command('kill leader', 'n4')).toEqual(action({ type: 'kill', node: 'n4' }));
    expect(error('kill leader')).toBe('No node leads now, so name the node by its number.');
  });

  test.each([
    ['', 'Type a command, for example x=5, or help.'],
    ['kil 3', 'Unknown command “kil”. Did you mean kill?'],
    ['sptil 1 2', 'Unknown command “sptil”. Did you mean split?'],
    ['banana 3', 'Unknown command “banana”. Type help to see what there is.'],
    ['kill', 'kill needs a node, for example kill 3.'],
    ['kill 9', 'There is no node “9”: the nodes are n1 to n5.'],
    ['kill constructor', 'There is no node “constructor”: the nodes are n1 to n5.'],
    ['kill 1 2', 'kill takes one node, and “2” is too much.'],
    ['cut 1', 'cut needs two nodes, for example cut 1 2.'],
    ['cut 1 1', 'A node has no link to itself, so name two nodes.'],
    ['cut 1 2 3', 'cut takes two nodes, with > between them for one way only, for example cut 1 2.'],
    ['split', 'split needs groups of nodes with | between them, for example split 1 2 | 3 4 5.'],
    ['split 1 2 2 | 3', 'n2 stands twice in one group.'],
    [
      'damage 3 soul',
      'damage needs a node and entry, entry INDEX, lost INDEX INDEX, state, snapshot, identity or torn, for example damage 3 entry 5.',
    ],
    ['swap 2', 'swap needs two nodes, for example swap 2 3.'],
    ['clog 1 2', 'clog needs one number of milliseconds, for example clog 500 on 1 2.'],
    ['flap', 'flap needs how long it is down, and up, for example flap 300 700 on 1 2.'],
    ['replay 5%', 'replay needs milliseconds, for example replay 5% 2000 1000.'],
    ['reorder often', 'reorder needs a percentage, for example reorder 20% 300 200.'],
    ['split 1 2 3 4 5', 'split needs at least two groups, with | between them, for example split 1 2 | 3 4 5.'],
    ['x=', 'There is no value after “x=”; an empty one is written x="".'],
    ['x=a b', 'A value with spaces needs quotes: x="a …".'],
    ['x="a', 'A quote (") is opened and never closed.'],
    ['set x', 'set needs a key and a value, for example x=5.'],
    ['set x 5 6', 'set takes a key and a value, and “6” is too much; text with spaces needs quotes.'],
    ['get ""', 'The key is empty; a key needs at least 1 byte.'],
    ['get x 5', 'get takes a key, and “5” is too much; text with spaces needs quotes.'],
    ['get x via lease 5', 'get takes a key, and “5” is too much; text with spaces needs quotes.'],
    ['get x via', 'get is answered via one of log, read-index, lease, follower, stale, for example get x via lease.'],
    ['get x via lease on 2', 'get via lease is answered by the leader alone, for example get x via lease.'],
    ['get x via stale on', 'get takes one node after “on”, for example get x via lease.'],
    [
      'get x not-before then',
      'get takes an index of the log or the word seen after “not-before”, for example get x via lease.',
    ],
    [
      'get x not-before 99999999999999999999',
      'get takes an index of the log or the word seen after “not-before”, for example get x via lease.',
    ],
    ['loss 110%', 'A percentage goes from 0 to 100.'],
    ['loss lots', 'loss needs a percentage, for example loss 10%.'],
    ['latency -1', 'latency needs milliseconds, and “-1” is no such number, for example latency 40 10.'],
    ['latency 10 40', 'The spread cannot be larger than the mean: no delay is below nothing.'],
    ['speed 0', 'Speed goes from 1/1000 to 20.'],
    ['speed 1/0', 'Speed goes from 1/1000 to 20.'],
    ['speed 21', 'Speed goes from 1/1000 to 20.'],
    ['play now', 'play stands alone; “now” is too much.'],
    [
      'reset 7',
      'reset takes nodes, seed, window, window-bytes, append-bytes and uncommitted-bytes, each with a number, names of switches, and sabotages, for example reset nodes 7 forwarding.',
    ],
    ['reset sabotage', 'After “sabotage” comes the name of one; Tab offers them.'],
    ['reset sabotage figure-9', 'There is no sabotage “figure-9”. Did you mean figure-8?'],
    ['reset sabotage hamster', `There is no sabotage “hamster”. There are ${sabotageNames.join(', ')}.`],
    [
      'reset constructor',
      'reset takes nodes, seed, window, window-bytes, append-bytes and uncommitted-bytes, each with a number, names of switches, and sabotages, for example reset nodes 7 forwarding.',
    ],
  ])('%s is answered with one sentence', (line, sentence) => {
    expect(error(line)).toBe(sentence);
  });

  test('a key or value over its limit is refused with the limit', () => {
    expect(error(`get ${'k'.repeat(257)}`)).toContain('256');
    expect(error(`x=${'v'.repeat(65_537)}`)).toMatch(/65[, ]?536/);
  });

  test('every example of the help is understood', () => {
    for (const { example } of commandHelp) expect(parseCommandLine(example, nodes)).toHaveProperty('command');
  });

  test('any text as key and value comes back whole when written as words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (key, value) => {
        const read = wordsOf(`append ${wordFor(key)} ${wordFor(value)}`);
        expect('words' in read ? read.words.slice(1).map(({ text }) => text) : read).toEqual([key, value]);
      }),
    );
  });

  test('whatever is typed, the answer is a command or a sentence', () => {
    const piece = fc.oneof(
      fc.constantFrom(...commandHelp.map(({ name }) => `${name} `), '= ', '| ', '> ', '3 ', '"', 'on '),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const parsed = parseCommandLine(pieces.join(''), nodes, 'n1');
        expect('command' in parsed || parsed.error.length > 0).toBe(true);
        completions(pieces.join(''), nodes, { leader: 'n1', keys: ['x'] });
      }),
    );
  });
});

describe('completion', () => {
  const lines = (text: string, context = {}) => completions(text, nodes, context).map(({ line }) => line);

  test('an empty line offers every command', () => {
    expect(lines('')).toHaveLength(commandHelp.length);
  });

  test('the beginning of a command offers what begins so, an alias the command it stands for', () => {
    expect(lines('reset fo')).toEqual(['reset forwarding ']);
    expect(lines('reset forwarding ')).not.toContain('reset forwarding forwarding ');
    expect(lines('reset forwarding w')).toEqual(['reset forwarding window ', 'reset forwarding window-bytes ']);
    expect(lines('reset nodes ')).toEqual([]);
    expect(lines('reset sabotage fig')).toEqual(['reset sabotage figure-8 ']);
    expect(lines('reset sabotage figure-8 sabotage ')).toHaveLength(sabotageNames.length - 1);
    expect(lines('reset sabotage figure-8 sab')).toEqual(['reset sabotage figure-8 sabotage ']);
    expect(lines('re')).toEqual([
      'revive ',
      'restart ',
      'resume ',
      'remove ',
      'reorder ',
      'replay ',
      'restore ',
      'reset ',
    ]);
    expect(lines('pl')).toEqual(['play']);
    expect(lines('delete')).toEqual(['del ']);
  });

  test('after a command for a node the nodes are offered, the leader by its name too', () => {
    expect(lines('kill ')).toEqual(['kill 1', 'kill 2', 'kill 3', 'kill 4', 'kill 5']);
    expect(lines('kill l', { leader: 'n4' })[0]).toBe('kill leader');
    expect(lines('cut 1 ')).toEqual(['cut 1 2', 'cut 1 3', 'cut 1 4', 'cut 1 5']);
    expect(lines('damage 3 s')).toEqual(['damage 3 state', 'damage 3 snapshot']);
    expect(lines('split br')).toEqual(['split bridge']);
    expect(lines('split 1 2 | ')).toEqual(['split 1 2 | 3 ', 'split 1 2 | 4 ', 'split 1 2 | 5 ']);
  });

  test('after a command for a key the keys are offered, quoted where they must be', () => {
    expect(lines('get a', { keys: ['apple', 'a b', 'c'] })).toEqual(['get apple', 'get "a b"']);
  });

  test(`no more than ${MAX_COMPLETIONS} keys are offered`, () => {
    const keys = Array.from({ length: 200 }, (_, number) => `k${number}`);
    expect(lines('get k', { keys })).toHaveLength(MAX_COMPLETIONS);
  });

  test('after a key a read is offered each way to be answered once, and what that way takes', () => {
    expect(lines('get x ')).toEqual(['get x via ', 'get x on ', 'get x not-before ']);
    expect(lines('get x via fo')).toEqual(['get x via follower']);
    expect(lines('get x via follower ')).toEqual(['get x via follower on ', 'get x via follower not-before ']);
    expect(lines('get x via follower on ')).toHaveLength(5);
    expect(lines('get x via follower on 2 not-before s')).toEqual(['get x via follower on 2 not-before seen']);
    expect(lines('get via ')).toEqual(['get via via ', 'get via on ', 'get via not-before ']);
  });

  test('nothing is offered for a value', () => {
    expect(lines('x=', { keys: ['x'] })).toEqual([]);
    expect(lines('set x ', { keys: ['x'] })).toEqual([]);
  });
});

describe('the word that was meant', () => {
  test.each([
    ['kil', 'kill'],
    ['klil', 'kill'],
    ['kkill', 'kill'],
    ['xill', 'kill'],
  ])('%s is kill with one slip', (typed, word) => {
    expect(closestWord(typed, ['get', 'kill'])).toBe(word);
  });

  test('what resembles nothing has no such word', () => {
    expect(closestWord('banana', ['get', 'kill'])).toBeUndefined();
    expect(closestWord('', ['get'])).toBeUndefined();
  });
});
