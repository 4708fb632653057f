import * as fc from 'fast-check';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import type { Operation } from '../../src/kv/command.ts';
import type { Action, DirectedLink, DiskDamage, TimedAction } from '../../src/timeline/action.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { splitShapes } from '../../src/timeline/split-shapes.ts';
import { RUN_VERSION, type Run } from '../../src/timeline/run.ts';
import { nodeIds } from '../../src/timeline/world.ts';

/** How many machines a run may start. */
const MAX_NEW = 2;

/**
 * A change of the membership, asked of every node that there was at first, for only the run itself can tell who leads.
 * Who is to come in is started first.
 */
function anyChange(count: number): fc.Arbitrary<Action[]> {
  const first = nodeIds(count);
  const all = nodeIds(count + MAX_NEW);
  const kinds = ['add-learner', 'add-voter', 'promote', 'demote', 'remove'] as const;
  const change = fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constantFrom(...kinds), node: fc.constantFrom(...all) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('set-voters' as const),
        voters: fc.shuffledSubarray([...all], { minLength: 1 }),
        leavesByItself: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.constant<MembershipChange>({ type: 'leave-joint' }) },
  );
  return change.map((wanted) => [
    ...('voters' in wanted ? wanted.voters : 'node' in wanted ? [wanted.node] : [])
      .filter((node) => !first.includes(node))
      .map((node): Action => ({ type: 'start-node', node })),
    ...first.map((from): Action => ({ type: 'change-membership', from, change: wanted })),
  ]);
}

/** Any action on a cluster of that many nodes, those that would change nothing included. */
function anyAction(count: number): fc.Arbitrary<Action> {
  const ids = nodeIds(count);
  const node = fc.constantFrom(...ids);
  const link = fc
    .tuple(fc.nat(count - 1), fc.integer({ min: 1, max: Math.max(1, count - 1) }))
    .map(([place, steps]): DirectedLink => ({ from: ids[place] ?? 'n1', to: ids[(place + steps) % count] ?? 'n1' }));
  // A cluster of one has no links, so no action names one.
  const links = (most: number): fc.Arbitrary<DirectedLink[]> =>
    count === 1 ? fc.constant([]) : fc.array(link, { minLength: 1, maxLength: most });
  // Nor can its node hand its lead over.
  const transfer =
    count === 1
      ? fc.constant<Action>({ type: 'time-out-now', node: 'n1' })
      : link.map(({ from, to }): Action => ({ type: 'transfer', from, to }));
  const key = fc.constantFrom('x', 'y', 'z');
  const value = fc.constantFrom('1', '2', '3');
  const operation = fc.oneof(
    fc.record({ type: fc.constant('set' as const), key, value }),
    fc.record({ type: fc.constant('append' as const), key, value }),
    fc.record({ type: fc.constant('get' as const), key }),
    anyRead(key, node),
    fc.record({ type: fc.constant('delete' as const), key }),
    fc.record({
      type: fc.constant('compare-and-set' as const),
      key,
      expected: fc.option(value, { nil: undefined }),
      value,
    }),
  );
  const request = fc
    .tuple(fc.constantFrom('c1', 'c2'), operation)
    .map(([client, asked]): Action => ({ type: 'request', client, requestId: 'r0', operation: asked }));
  const plain = fc.constantFrom(
    'kill',
    'revive',
    'restart',
    'pause',
    'resume',
    'time-out-now',
    'isolate',
    'snapshot' as const,
  );
  const split = fc.array(fc.boolean(), { minLength: count, maxLength: count }).map((sides): Action => ({
    type: 'split',
    groups: [ids.filter((_, place) => sides[place] === true), ids.filter((_, place) => sides[place] !== true)],
  }));
  const quality = fc.record({
    latency: fc.record({ meanMs: fc.integer({ min: 2, max: 80 }), spreadMs: fc.integer({ min: 0, max: 60 }) }),
    loss: fc.constantFrom(0, 0, 0.05, 0.3),
    duplication: fc.constantFrom(0, 0, 0.1, 0.5),
  });
  const late = fc.record({
    chance: fc.constantFrom(0, 0.1, 0.5),
    delay: fc.constantFrom({ meanMs: 100, spreadMs: 90 }, { meanMs: 1_200, spreadMs: 1_000 }),
  });
  const lateness = fc.record({ reordering: late, replay: late }, { requiredKeys: [] });
  return fc.oneof(
    { weight: 8, arbitrary: request },
    { weight: 6, arbitrary: fc.tuple(plain, node).map(([type, id]): Action => ({ type, node: id })) },
    {
      weight: 2,
      arbitrary: links(4).map((named): Action => ({ type: 'cut', links: named })),
    },
    { weight: 3, arbitrary: transfer },
    { weight: 2, arbitrary: split },
    { weight: 3, arbitrary: fc.constant<Action>({ type: 'heal', links: undefined }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(quality, fc.option(links(3), { nil: undefined }))
        .map(([asked, named]): Action => ({ type: 'set-links', links: named, quality: asked })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(lateness, fc.option(links(3), { nil: undefined }))
        .map(([asked, named]): Action => ({ type: 'set-links', links: named, quality: asked })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(links(6), fc.constantFrom(0, 100, 900.5))
        .map(([named, forMs]): Action => ({ type: 'clog', links: named, forMs })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(links(6), fc.constantFrom(0, 40, 300), fc.constantFrom(50, 333.3))
        .map(([named, downMs, upMs]): Action => ({ type: 'flap', links: named, downMs, upMs })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(...Object.values(splitShapes))
        .map((shape): Action => ({ type: 'split', groups: shape(ids) })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(node, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 200 }))
        .map(([nodes, meanMs]): Action => ({ type: 'set-disk', nodes, latency: { meanMs, spreadMs: meanMs / 2 } })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.subarray([...ids]), fc.boolean())
        .map(([nodes, clients]): Action => ({ type: 'power-failure', nodes, clients })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(node, fc.constantFrom('kept', 'kept', 'fail-next', 'full' as const))
        .map(([id, writes]): Action => ({ type: 'set-disk', nodes: [id], writes })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(node, { minLength: 1, maxLength: 2 }), fc.constantFrom(0, 0, 5, 40))
        .map(([nodes, meanMs]): Action => ({ type: 'set-handling', nodes, delay: { meanMs, spreadMs: meanMs } })),
    },
    { weight: 1, arbitrary: fc.constant<Action>({ type: 'power-return', nodes: ids }) },
    { weight: 2, arbitrary: anyClock(node) },
  );
}

/** A read that says how it is to be answered. */
function anyRead(key: fc.Arbitrary<string>, node: fc.Arbitrary<string>): fc.Arbitrary<Operation> {
  const notBefore = fc.constantFrom<number | 'seen'>('seen', 0, 3);
  return fc.oneof(
    fc.record(
      {
        type: fc.constant('get' as const),
        key,
        mode: fc.constantFrom('log', 'read-index', 'lease', 'follower', 'stale' as const),
        notBefore,
      },
      { requiredKeys: ['type', 'key', 'mode'] },
    ),
    fc.record({ type: fc.constant('get' as const), key, mode: fc.constantFrom('follower', 'stale' as const), node }),
  );
}

/** Clocks that run fast or slow, or jump. */
function anyClock(node: fc.Arbitrary<string>): fc.Arbitrary<Action> {
  const nodes = fc.option(fc.array(node, { minLength: 1, maxLength: 2 }), { nil: undefined });
  return fc.oneof(
    fc
      .tuple(nodes, fc.constantFrom(0, 1, -137, 50_000, -200_000, 333_333))
      .map(([named, driftPpm]): Action => ({ type: 'set-clock', nodes: named, driftPpm })),
    fc
      .tuple(nodes, fc.constantFrom(0.001, 7, 400))
      .map(([named, byMs]): Action => ({ type: 'jump-clock', nodes: named, byMs })),
  );
}

/** A node dies, its disk is damaged or swapped, and it is to start again. */
function anyDamage(count: number): fc.Arbitrary<Action[]> {
  const ids = nodeIds(count);
  const node = fc.constantFrom(...ids);
  const damage = fc.oneof(
    fc.constant<DiskDamage>({ type: 'torn-write' }),
    fc.record({
      type: fc.constant('flip-byte' as const),
      record: fc.constantFrom('entry', 'state', 'snapshot', 'identity' as const),
    }),
    fc.integer({ min: 1, max: 9 }).map((index): DiskDamage => ({ type: 'flip-byte', record: 'entry', index })),
    fc.integer({ min: 1, max: 9 }).map((from): DiskDamage => ({ type: 'lose-entries', from, to: from + 1 })),
  );
  const damaged = fc.tuple(node, damage).map(([id, one]): Action[] => [
    { type: 'kill', node: id },
    { type: 'damage-disk', node: id, damage: one },
    { type: 'revive', node: id },
  ]);
  if (count === 1) return damaged;
  const swapped = fc
    .tuple(fc.shuffledSubarray([...ids], { minLength: 2, maxLength: 2 }), fc.boolean())
    .map(([[one = 'n1', other = 'n2'], isMended]): Action[] => [
      { type: 'power-failure', nodes: [one, other], clients: false },
      { type: 'swap-disks', node: one, with: other },
      { type: 'revive', node: other },
      ...(isMended ? [{ type: 'swap-disks', node: other, with: one } as const] : []),
      { type: 'power-return', nodes: [one, other] },
    ]);
  return fc.oneof({ weight: 4, arbitrary: damaged }, { weight: 1, arbitrary: swapped });
}

function anyStep(count: number): fc.Arbitrary<Action[]> {
  return fc.oneof(
    { weight: 1, arbitrary: anyDamage(count) },
    { weight: 24, arbitrary: anyAction(count).map((action) => [action]) },
    { weight: 2, arbitrary: anyChange(count) },
  );
}

export interface RunSize {
  readonly mostNodes: number;
  /** Between two steps, virtual milliseconds. */
  readonly mostWaitMs: number;
  /** After the last of them. */
  readonly mostLastMs: number;
}

const usualSize: RunSize = { mostNodes: 7, mostWaitMs: 400, mostLastMs: 1_500 };

/** Small enough to be played by hundreds in a browser. */
export const smallSize: RunSize = { mostNodes: 4, mostWaitMs: 150, mostLastMs: 300 };

/** A run of 1 to 7 nodes and up to two more that are started, with `maxActions` steps or down to half as many, some virtual milliseconds apart, on lossy links and slow disks. */
export function anyRun(maxActions = 30, { mostNodes, mostWaitMs, mostLastMs }: RunSize = usualSize): fc.Arbitrary<Run> {
  return fc.integer({ min: 1, max: mostNodes }).chain((nodes) =>
    fc
      .record({
        seed: fc.nat(0xffff_ffff),
        steps: fc.array(fc.tuple(fc.integer({ min: 0, max: mostWaitMs }), anyStep(nodes)), {
          minLength: maxActions / 2,
          maxLength: maxActions,
        }),
        maxEntriesPerAppend: fc.constantFrom(1, 2, 64),
        spreadMs: fc.constantFrom(0, 6, 20),
        diskMs: fc.constantFrom(0, 3, 30),
        switches: fc.record(
          {
            preVote: fc.boolean(),
            checkQuorum: fc.boolean(),
            leaderStickiness: fc.boolean(),
            sessions: fc.constantFrom({ expiryMs: 200 }, { expiryMs: 5_000 }),
          },
          { requiredKeys: [] },
        ),
        flow: fc.record(
          {
            pipelining: fc.boolean(),
            maxInflightMessages: fc.constantFrom(1, 2, 5),
            maxInflightBytes: fc.constantFrom(1, 100, 1_000),
            maxBytesPerAppend: fc.constantFrom(1, 100, 1_000),
            maxUncommittedBytes: fc.constantFrom(1, 200, 1_000),
            probeSilent: fc.boolean(),
            eagerCommit: fc.boolean(),
            forwarding: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
        sure: fc.record(
          {
            reads: fc.constantFrom('read-index', 'lease', 'follower', 'stale' as const),
            leases: fc.record({
              durationMs: fc.constantFrom(120, 400, 1_500),
              driftPpm: fc.constantFrom(0, 60_000, 300_000),
            }),
          },
          { requiredKeys: [] },
        ),
        snapshot: fc.option(
          fc.record(
            {
              everyEntries: fc.integer({ min: 1, max: 12 }),
              everyBytes: fc.integer({ min: 1, max: 400 }),
              keepEntries: fc.constantFrom(0, 0, 2),
              chunkBytes: fc.constantFrom(16, 100, 65_536),
            },
            { requiredKeys: ['keepEntries'] },
          ),
          { nil: undefined },
        ),
        lastMs: fc.integer({ min: 0, max: mostLastMs }),
      })
      .map(({ seed, steps, maxEntriesPerAppend, spreadMs, diskMs, switches, flow, sure, snapshot, lastMs }) => {
        let atUs = 0;
        const started = new Set<string>();
        const actions = steps.flatMap(([waitMs, wanted], place) => {
          atUs += waitMs * 1_000;
          return wanted.flatMap((action): TimedAction[] => {
            if (action.type === 'start-node') {
              if (started.has(action.node)) return [];
              started.add(action.node);
            }
            // The name of a request is used once, or the run cannot be loaded.
            return [{ atUs, action: action.type === 'request' ? { ...action, requestId: `r${place}` } : action }];
          });
        });
        const network = { ...defaultRunConfig.network, latency: { meanMs: 22, spreadMs } };
        const disk = { meanMs: diskMs, spreadMs: diskMs / 3 };
        const config = {
          ...defaultRunConfig,
          nodes,
          maxEntriesPerAppend,
          network,
          disk,
          ...switches,
          ...flow,
          ...sure,
          ...(snapshot && { snapshot }),
        };
        return {
          format: 'whitewater-run',
          version: RUN_VERSION,
          seed,
          config,
          actions,
          untilUs: atUs + lastMs * 1_000,
        };
      }),
  );
}

/**
 * The run on disks that lie, n1's more than n2's, until their nodes have died a few times; and the last node's disk becomes an
 * older copy. What Raft promises no longer holds.
 */
export function withLies(run: Run): Run {
  const lie = (node: string, unsynced: number): TimedAction => ({
    atUs: 0,
    action: { type: 'set-disk', nodes: [node], unsynced },
  });
  const lies = nodeIds(run.config.nodes)
    .slice(0, 2)
    .map((node, place) => lie(node, place === 0 ? 7 : 1));
  const last = `n${run.config.nodes}`;
  const dead = (atUs: number, type: 'copy-disk' | 'restore-copy'): readonly TimedAction[] =>
    (['kill', type, 'revive'] as const).map((done) => ({ atUs, action: { type: done, node: last } }));
  const share = (part: number): number => Math.floor(run.actions.length * part);
  const actions = run.actions.flatMap((timed, place): readonly TimedAction[] => {
    if (place === share(1 / 4)) return [timed, ...dead(timed.atUs, 'copy-disk')];
    if (place === share(3 / 4)) return [timed, ...dead(timed.atUs, 'restore-copy')];
    return [place === share(1 / 2) ? { ...lie('n1', 0), atUs: timed.atUs } : timed];
  });
  return { ...run, actions: [...lies, ...actions] };
}
