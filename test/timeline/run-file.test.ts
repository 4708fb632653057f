import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { TimedAction } from '../../src/timeline/action.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { completeConfig, formatRun, MAX_RUN_BYTES, parseRun } from '../../src/timeline/run-file.ts';
import { MAX_ACTIONS_IN_ALL } from '../../src/timeline/run.ts';
import { MAX_CLIENTS, MAX_NODES } from '../../src/timeline/run-schema.ts';
import type { Run } from '../../src/timeline/run.ts';
import { anyRun } from '../support/random-run.ts';
import { actions } from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

const everything: readonly TimedAction[] = Object.values(actions)
  .flat()
  .map((action, position) => ({ atUs: position * 1_000, action }));

const run: Run = {
  format: 'whitewater-run',
  version: 1,
  seed: 7,
  config: defaultRunConfig,
  actions: everything,
  untilUs: 60_000,
};

/** The run as plain JSON data, to be spoilt. */
type Loose = Record<string, unknown>;
const loose = (): Loose => JSON.parse(formatRun(run)) as Loose;
const withAction = (action: unknown, atUs: unknown = 0): Loose => ({ ...loose(), actions: [{ atUs, action }] });
const withConfig = (part: Loose): Loose => ({ ...loose(), config: { ...defaultRunConfig, ...part } });

function errorOf(value: unknown): string | undefined {
  const parsed = parseRun(typeof value === 'string' ? value : JSON.stringify(value));
  return 'error' in parsed ? parsed.error : undefined;
}

describe('A run file', () => {
  it('is read back as it was written, with every type of action', () => {
    expect(parseRun(formatRun(run))).toEqual({ run });
  });

  it('is read back as it was written, whatever the run', () => {
    fc.assert(
      fc.property(anyRun(), (any) => {
        const ids = any.actions.flatMap(({ action }) => (action.type === 'request' ? [action.requestId] : []));
        fc.pre(new Set(ids).size === ids.length);
        const links = any.actions.flatMap(({ action }) => ('links' in action ? (action.links ?? []) : []));
        fc.pre(links.every(({ from, to }) => from !== to));
        expect(parseRun(formatRun(any))).toEqual({ run: any });
      }),
      { numRuns: 60 },
    );
  });

  it('may leave out the switches of elections, which are then off, and keeps those that it has', () => {
    expect(defaultRunConfig).not.toHaveProperty('preVote');
    const switched = {
      ...run,
      config: { ...defaultRunConfig, preVote: true, checkQuorum: true, leaderStickiness: false },
    };
    expect(parseRun(formatRun(switched))).toEqual({ run: switched });
    expect(errorOf(withConfig({ preVote: 1 }))).toBe('config.preVote must be true or false, but is 1.');
  });

  it('may set bounds to what is under way, which are checked, and leave them out', () => {
    const bounds = {
      pipelining: false,
      maxInflightMessages: 100_000,
      maxInflightBytes: 1,
      maxBytesPerAppend: 2 ** 30,
      maxUncommittedBytes: 65_536,
      probeSilent: true,
      eagerCommit: true,
      forwarding: true,
    };
    const bounded = { ...run, config: { ...defaultRunConfig, ...bounds } };
    expect(parseRun(formatRun(bounded))).toEqual({ run: bounded });
    for (const field of Object.keys(bounds)) expect(defaultRunConfig).not.toHaveProperty(field);
    expect(errorOf(withConfig({ maxInflightMessages: 0 }))).toBe(
      'config.maxInflightMessages must be a whole number from 1 to 100,000, but is 0.',
    );
    expect(errorOf(withConfig({ maxInflightBytes: 2 ** 30 + 1 }))).toBe(
      'config.maxInflightBytes must be a whole number from 1 to 1,073,741,824, but is 1073741825.',
    );
    expect(errorOf(withConfig({ forwarding: 'yes' }))).toBe('config.forwarding must be true or false, but is "yes".');
  });

  it('has an action a line', () => {
    const lines = formatRun(run).split('\n');
    expect(lines.filter((line) => line.includes('"action"'))).toHaveLength(everything.length);
    expect(formatRun({ ...run, actions: [] })).toContain('"actions": []');
  });

  it.each<[string, unknown, string]>([
    ['no JSON', 'hello', 'This is not a run file: it stops being JSON at line 1, column 1.'],
    ['cut short', formatRun(run).slice(0, 40), 'This is not a run file: it stops being JSON at line 3, column 9.'],
    ['empty', '', 'This is not a run file: it stops being JSON at line 1, column 1.'],
    ['a list', [], 'This is not a run file: a run is a JSON object.'],
    ['null', null, 'This is not a run file: a run is a JSON object.'],
    ['no format', {}, 'This is not a run file: it has no field "format" that says "whitewater-run".'],
    ['another format', { format: 'itf' }, 'This is not a run file: its format is "itf", not "whitewater-run".'],
    [
      'a timeline',
      { format: 'whitewater-timeline', version: 1 },
      'This is a timeline, not a run: a timeline can be read, but only a run can be played again.',
    ],
    ['version 2', { ...loose(), version: 2 }, 'This is version 2 of the run format; this playground reads version 1.'],
    ['an odd version', { ...loose(), version: 'one' }, 'version must be 1, but is "one".'],
    ['no seed', { ...loose(), seed: undefined }, 'seed is missing.'],
    [
      'a fraction for a seed',
      { ...loose(), seed: 0.5 },
      'seed must be a whole number from 0 to 4,294,967,295, but is 0.5.',
    ],
    [
      'a text for a seed',
      { ...loose(), seed: '7' },
      'seed must be a whole number from 0 to 4,294,967,295, but is "7".',
    ],
    ['an unknown field', { ...loose(), colour: 'red' }, 'colour is not a known field.'],
    [
      'too many nodes',
      withConfig({ nodes: 65 }),
      `config.nodes must be a whole number from 1 to ${MAX_NODES}, but is 65.`,
    ],
    ['no nodes', withConfig({ nodes: 0 }), `config.nodes must be a whole number from 1 to ${MAX_NODES}, but is 0.`],
    ['a config with more', withConfig({ extra: 1 }), 'config.extra is not a known field.'],
    [
      'timeouts upside down',
      withConfig({ electionTimeoutMs: { min: 300, max: 150 } }),
      'config.electionTimeoutMs must have a min of at most its max.',
    ],
    [
      'loss above 1',
      withConfig({ network: { ...defaultRunConfig.network, loss: 1.5 } }),
      'config.network.loss must be a number from 0 to 1, but is 1.5.',
    ],
    [
      'an endless link',
      withConfig({ network: { ...defaultRunConfig.network, latency: { meanMs: 1e9, spreadMs: 0 } } }),
      'config.network.latency.meanMs must be a number from 0 to 60,000, but is 1000000000.',
    ],
    ['actions as an object', { ...loose(), actions: {} }, 'actions must be a list, but is an object.'],
    [
      'an unknown action',
      withAction({ type: 'explode' }),
      'actions[0].action.type must be the name of an action, such as kill or split, but is "explode".',
    ],
    ['an action without a node', withAction({ type: 'kill' }), 'actions[0].action.node is missing.'],
    [
      'an action with more',
      withAction({ type: 'kill', node: 'n1', hard: true }),
      'actions[0].action.hard is not a known field.',
    ],
    ['a number for a node', withAction({ type: 'kill', node: 3 }), 'actions[0].action.node must be a text, but is 3.'],
    [
      'no name of a node',
      withAction({ type: 'kill', node: 'x' }),
      'actions[0].action.node must be a node such as n1, but is "x".',
    ],
    [
      'a node too many',
      withAction({ type: 'kill', node: 'n9' }),
      'actions[0].action: n9 is not a node of this cluster: it has n1 to n5.',
    ],
    [
      'a node before it is started',
      {
        ...loose(),
        actions: [
          { atUs: 0, action: { type: 'kill', node: 'n6' } },
          { atUs: 0, action: { type: 'start-node', node: 'n6' } },
        ],
      },
      'actions[0].action: n6 is not a node of this cluster: it has n1 to n5.',
    ],
    [
      'a node that is there already',
      withAction({ type: 'start-node', node: 'n5' }),
      'actions[0].action: There is a node n5 already.',
    ],
    [
      'a machine too many',
      {
        ...loose(),
        actions: Array.from({ length: 60 }, (_, place) => ({
          atUs: 0,
          action: { type: 'start-node', node: `n${place + 6}` },
        })),
      },
      'actions[59].action: There are 64 nodes, which is the most.',
    ],
    [
      'an odd change',
      withAction({ type: 'change-membership', from: 'n1', change: { type: 'shuffle' } }),
      'actions[0].action.change.type must be add-learner, add-voter, promote, demote, remove, set-voters or leave-joint, but is "shuffle".',
    ],
    [
      'a change for a stranger',
      withAction({ type: 'change-membership', from: 'n1', change: { type: 'add-voter', node: 'n7' } }),
      'actions[0].action: n7 is not a node of this cluster: it has n1 to n5.',
    ],
    [
      'nobody to vote',
      withAction({
        type: 'change-membership',
        from: 'n1',
        change: { type: 'set-voters', voters: [], leavesByItself: true },
      }),
      'actions[0].action: Nobody would be left to vote.',
    ],
    [
      'a link to nowhere',
      withAction({ type: 'cut', links: [{ from: 'n1', to: 'n6' }] }),
      'actions[0].action: n6 is not a node of this cluster: it has n1 to n5.',
    ],
    [
      'a link to itself',
      withAction({ type: 'heal', links: [{ from: 'n1', to: 'n1' }] }),
      'actions[0].action: n1 has no link to itself.',
    ],
    [
      'a group that names a node twice',
      withAction({ type: 'split', groups: [['n1', 'n2', 'n2']] }),
      'actions[0].action: n2 stands twice in one group.',
    ],
    [
      'more groups than there may be nodes',
      withAction({ type: 'split', groups: Array.from({ length: MAX_NODES + 1 }, () => ['n1']) }),
      `actions[0].action.groups must have at most ${MAX_NODES} groups.`,
    ],
    [
      'a moment before the start',
      withAction({ type: 'kill', node: 'n1' }, -1),
      'actions[0].atUs must be a whole number from 0 to 9,007,199,254,740,991, but is -1.',
    ],
    [
      'an odd operation',
      withAction({ type: 'request', client: 'c1', requestId: 'r', operation: { type: 'drop', key: 'x' } }),
      'actions[0].action.operation.type must be get, set, delete, append or compare-and-set, but is "drop".',
    ],
    ...['c65', 'c100', 'c0', 'n1'].map((client): [string, unknown, string] => [
      `a client ${client}`,
      withAction({ type: 'request', client, requestId: 'r', operation: { type: 'get', key: 'x' } }),
      `actions[0].action.client must be a client from c1 to c${MAX_CLIENTS}, but is "${client}".`,
    ]),
    [
      'a key over its limit',
      withAction({ type: 'request', client: 'c1', requestId: 'r', operation: { type: 'get', key: 'k'.repeat(257) } }),
      'actions[0].action: The key is 257 bytes long; a key may have at most 256 bytes.',
    ],
    [
      'times out of order',
      {
        ...loose(),
        actions: [
          { atUs: 9, action: { type: 'kill', node: 'n1' } },
          { atUs: 8, action: { type: 'revive', node: 'n1' } },
        ],
      },
      'actions[1].atUs is 8, before the action above it (9): actions stand in order of time.',
    ],
    [
      'two requests of one name',
      {
        ...loose(),
        actions: [
          everything.find(({ action }) => action.type === 'request'),
          everything.find(({ action }) => action.type === 'request'),
        ],
      },
      'actions[1].action.requestId is "r1", which names an action above it already.',
    ],
    [
      'an end before the last action',
      { ...loose(), untilUs: 5 },
      `untilUs is 5, before the last action (${everything.at(-1)?.atUs}).`,
    ],
  ])('is refused with one sentence: %s', (_, value, sentence) => {
    expect(errorOf(value)).toBe(sentence);
  });

  it(`may have at most ${MAX_ACTIONS_IN_ALL} actions`, () => {
    const action = { atUs: 0, action: { type: 'kill', node: 'n1' } };
    const many = (count: number): unknown => ({ ...loose(), actions: Array.from({ length: count }, () => action) });
    expect(errorOf(many(MAX_ACTIONS_IN_ALL))).toBeUndefined();
    expect(errorOf(many(MAX_ACTIONS_IN_ALL + 1))).toBe('actions must have at most 110,000 actions.');
  });

  it(`may have at most ${MAX_RUN_BYTES} bytes`, () => {
    const sentence = 'This file is larger than a run may be: the limit is 67,108,864 bytes.';
    expect(errorOf(' '.repeat(MAX_RUN_BYTES + 1))).toBe(sentence);
    expect(errorOf('é'.repeat(MAX_RUN_BYTES / 2 + 1))).toBe(sentence);
  });

  it('is never believed by accident, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const parsed = parseRun(text);
        expect('error' in parsed && /^[A-Z].*\.$/.test(parsed.error)).toBe(true);
      }),
    );
  });
});

describe('A configuration', () => {
  it('is completed from the default', () => {
    expect(completeConfig()).toEqual({ config: defaultRunConfig });
    expect(completeConfig({ nodes: 9 })).toEqual({ config: { ...defaultRunConfig, nodes: 9 } });
  });

  it('is refused with a sentence that names the field', () => {
    expect(completeConfig({ nodes: 2.5 })).toEqual({
      error: 'nodes must be a whole number from 1 to 64, but is 2.5.',
    });
    expect(completeConfig({ heartbeatMs: Number.NaN })).toEqual({
      error: 'heartbeatMs must be a number from 1 to 600,000, but is NaN.',
    });
    expect(completeConfig({ disk: null as unknown as typeof defaultRunConfig.disk })).toEqual({
      error: 'disk must be an object, but is null.',
    });
    expect(completeConfig({ spin: true } as object)).toEqual({ error: 'spin is not a known field.' });
  });
});
