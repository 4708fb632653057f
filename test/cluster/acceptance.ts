import { describe, expect, it } from 'vitest';
import { ClusterError, type ClusterControl, type ClusterStatus } from '../../src/cluster/cluster-control.ts';
import type { Fate } from '../../src/kv/client-message.ts';
import type { Action } from '../../src/timeline/action.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { Run } from '../../src/timeline/run.ts';

/** What a listener was told, as far as it is plain data. */
export interface Heard {
  readonly type: string;
  /** How many events came with it. */
  readonly events: number;
  readonly message: string | undefined;
}

/** An implementation of {@link ClusterControl}, as the suite needs it. */
export interface ClusterUnderTest {
  readonly name: string;
  /**
   * A cluster whose clock stands still unless it is told to play. A real one begins with three nodes that have just been
   * started, and only what is shown of it stands still.
   */
  readonly open: () => Promise<OpenedCluster>;
  /** Its time is real: it cannot begin anew, and what it does is not told by a seed. */
  readonly isReal?: boolean;
}

export interface OpenedCluster {
  readonly control: ClusterControl;
  /** All that a listener has been told that was there from the opening on. */
  readonly heard: () => Promise<readonly Heard[]>;
}

const ALL = ['n1', 'n2', 'n3'];

/** What every implementation of {@link ClusterControl} does. Each case begins with three nodes that have done nothing yet. */
export function describeClusterControl({ name, open, isReal = false }: ClusterUnderTest): void {
  describe(name, () => {
    const begin = async (): Promise<OpenedCluster> => {
      const opened = await open();
      await opened.control.pause();
      if (!isReal) await opened.control.reset({ nodes: 3, seed: 5 });
      return opened;
    };
    const control = async (): Promise<ClusterControl> => (await begin()).control;

    describeLooking(begin, isReal);
    describeTime(control, isReal);
    describeActions(control, isReal);
    describeRequests(control, isReal);
    if (isReal) describeRealCluster(control);
    else describeBeginnings(control);
    describeRefusals(control, isReal);

    it('refuses everything once it is closed', async () => {
      const cluster = await control();
      const pending = cluster.set('x', '5');
      const refused = refusal(pending);
      await cluster.dispose();
      expect(await refused).toBe('The cluster was closed.');
      const asks = [
        () => cluster.kill('n1'),
        () => cluster.transfer('n1'),
        () => cluster.get('x'),
        () => cluster.step(),
        () => cluster.advanceTo(10),
        () => cluster.undo(),
        () => cluster.reset(),
      ] satisfies readonly (() => Promise<unknown>)[];
      for (const ask of asks) expect(await refusal(ask())).toBe('The cluster was closed.');
    });
  });
}

function describeLooking(begin: () => Promise<OpenedCluster>, isReal: boolean): void {
  describe('lets one look at it:', () => {
    it.skipIf(isReal)('status, events and run say the same', async () => {
      const { control: cluster } = await begin();
      const fresh = await cluster.status();
      expect(fresh).toMatchObject({ seed: 5, leader: undefined, cuts: [], clock: { nowUs: 0, playing: false } });
      expect(fresh.config).toEqual({ ...defaultRunConfig, nodes: 3 });
      expect(fresh.nodes.map(({ id, status, role }) => [id, status, role])).toEqual(
        ALL.map((node) => [node, 'up', 'follower']),
      );
      await cluster.advanceTo(100);
      const run = await cluster.run();
      expect(run).toMatchObject({ format: 'whitewater-run', seed: 5, actions: [], untilUs: 100_000 });
      expect((await cluster.events()).filter(({ event }) => event.type === 'started')).toHaveLength(3);
    });

    it('a listener is told what there is, and then what happens', async () => {
      const { control: cluster, heard } = await begin();
      const before = (await heard()).length;
      expect((await heard())[0]?.type).toBe('started');
      await cluster.advanceTo(500);
      const told = (await heard()).slice(before);
      expect(told.some(({ type }) => type === 'clock')).toBe(true);
      const events = told.reduce((sum, one) => sum + (one.type === 'events' ? one.events : 0), 0);
      expect(events).toBeGreaterThan(10);
      if (isReal) return;
      await cluster.load(await cluster.run());
      await cluster.kill('n1');
      expect((await heard()).slice(before).map(({ type }) => type)).toContain('started');
    });
  });
}

function describeTime(control: () => Promise<ClusterControl>, isReal: boolean): void {
  describe('lets time pass:', () => {
    it.skipIf(isReal)('advanceTo goes that far and no further', async () => {
      const cluster = await control();
      await cluster.advanceTo(123.456);
      expect((await cluster.status()).clock.nowUs).toBe(123_456);
      await cluster.advanceTo(100);
      expect((await cluster.status()).clock.nowUs).toBe(123_456);
    });

    it('step goes on to what happens next, and says what that was', async () => {
      const cluster = await control();
      await cluster.advanceTo(10);
      const { length } = await cluster.events();
      const events = await cluster.step();
      expect(events.length).toBeGreaterThan(0);
      expect((await cluster.events()).slice(length)).toEqual(events);
      expect((await cluster.status()).clock.playing).toBe(false);
    });

    it('play, pause and speed are the clock’s', async () => {
      const cluster = await control();
      await cluster.speed(0.001);
      await cluster.play();
      expect((await cluster.status()).clock).toMatchObject({ playing: true, speed: 0.001 });
      await cluster.pause();
      await cluster.speed(20);
      expect((await cluster.status()).clock).toMatchObject({ playing: false, speed: 20 });
    });
  });
}

function describeActions(control: () => Promise<ClusterControl>, isReal: boolean): void {
  describe('does what it is told:', () => {
    it('kill, revive and restart', async () => {
      const cluster = await control();
      await cluster.advanceTo(10);
      await cluster.kill('n2');
      expect(await standing(cluster)).toEqual(['up', 'down', 'up']);
      await cluster.revive('n2');
      await cluster.restart('n3');
      await until(cluster, ({ nodes }) => nodes.every(({ status }) => status === 'up'));
      if (isReal) return;
      expect(await done(cluster)).toEqual(['kill', 'revive', 'restart']);
      const starts = (await cluster.events()).filter(({ event }) => event.type === 'started');
      expect(starts.map(({ actor }) => actor)).toEqual(['n1', 'n2', 'n3', 'n2', 'n3']);
    });

    it('pauseNode and resumeNode', async () => {
      const cluster = await control();
      await cluster.pauseNode('n1');
      expect(await standing(cluster)).toEqual(['paused', 'up', 'up']);
      await cluster.resumeNode('n1');
      expect(await standing(cluster)).toEqual(['up', 'up', 'up']);
    });

    it('timeOutNow makes a candidate, transfer hands the lead over', async () => {
      const cluster = await control();
      await lead(cluster, 'n2');
      if (!isReal) expect((await cluster.status()).nodes[1]?.role).toBe('candidate');
      await until(cluster, (now) => now.leader === 'n2');
      await until(cluster, ({ nodes }) => nodes.every((node) => node.leader === 'n2'));
      await cluster.transfer('n3');
      await until(cluster, (now) => now.leader === 'n3');
    });

    it('addNode starts a node and lets it in; demote, promote, removeNode, changeMembers and leaveJoint change who belongs to it', async () => {
      const cluster = await control();
      await lead(cluster, 'n2');
      await until(cluster, ({ nodes }) => nodes.every(({ commitIndex, leader }) => commitIndex > 0 && leader === 'n2'));
      const settled = (now: ClusterStatus): boolean =>
        now.nodes
          .filter(({ membership }) => membership !== 'outsider')
          .every(
            ({ commitIndex, lastLogIndex }) =>
              commitIndex === lastLogIndex && commitIndex === now.nodes[1]?.lastLogIndex,
          );
      expect(await cluster.addNode({ voter: false })).toBe('n4');
      expect((await until(cluster, settled)).nodes[3]).toMatchObject({ membership: 'learner', lastLogIndex: 2 });
      await cluster.promote('n4');
      expect((await until(cluster, settled)).nodes[3]?.membership).toBe('voter');
      await cluster.demote('n4');
      await until(cluster, settled);
      await cluster.removeNode('n4');
      expect((await until(cluster, settled)).configuration.voters).toEqual(ALL);
      await cluster.changeMembers(['n2', 'n5', 'n6'], { leavesByItself: false });
      expect((await until(cluster, settled)).configuration.outgoing).toEqual(ALL);
      await cluster.leaveJoint();
      const { configuration, nodes } = await until(cluster, settled);
      expect(configuration).toEqual({ voters: ['n2', 'n5', 'n6'], outgoing: [], learners: [], leavesByItself: false });
      expect(nodes.map(({ status }) => status)).toEqual(['up', 'up', 'up', 'up', 'up', 'up']);
    });

    it('snapshot replaces what a node has applied, and its log begins behind it', async () => {
      const cluster = await control();
      await lead(cluster, 'n2');
      await until(cluster, ({ nodes }) => nodes.every(({ lastApplied, leader }) => lastApplied > 0 && leader === 'n2'));
      await cluster.snapshot('n3');
      const [, second, third] = (await cluster.status()).nodes;
      const index = second?.lastLogIndex;
      expect(third).toMatchObject({ snapshotIndex: index, logBaseIndex: index, lastLogIndex: index });
      expect(second).toMatchObject({ snapshotIndex: 0, logBaseIndex: 0 });
    });

    it('cut, isolate, split and heal', async () => {
      const cluster = await control();
      await cluster.cut([{ from: 'n1', to: 'n2' }]);
      expect((await cluster.status()).cuts).toEqual(['n1>n2']);
      await cluster.isolate('n3');
      expect(new Set((await cluster.status()).cuts)).toEqual(new Set(['n1>n2', 'n1>n3', 'n2>n3', 'n3>n1', 'n3>n2']));
      await cluster.heal([{ from: 'n1', to: 'n2' }]);
      expect((await cluster.status()).cuts).toHaveLength(4);
      await cluster.split([['n1'], ['n2', 'n3']]);
      expect(new Set((await cluster.status()).cuts)).toEqual(new Set(['n1>n2', 'n1>n3', 'n2>n1', 'n3>n1']));
      await cluster.heal();
      expect((await cluster.status()).cuts).toEqual([]);
    });

    it.skipIf(isReal)('setLinks and setDisk', async () => {
      const cluster = await control();
      await cluster.advanceTo(10);
      await cluster.setLinks({ loss: 1 });
      await cluster.setLinks({ latency: { meanMs: 5, spreadMs: 0 }, loss: 0 }, [{ from: 'n1', to: 'n2' }]);
      await cluster.setDisk({ meanMs: 7, spreadMs: 0 }, ['n1']);
      await cluster.timeOutNow('n1');
      await cluster.advanceTo(200);
      const events = await cluster.events();
      const sent = events.flatMap(({ actor, atUs, event }) =>
        actor === 'n1' && event.type === 'message-sent' ? [{ ...event, tookUs: event.dueUs - atUs }] : [],
      );
      expect(sent.find(({ to }) => to === 'n2')).toMatchObject({ fate: 'sent', tookUs: 5_000 });
      expect(sent.find(({ to }) => to === 'n3')).toMatchObject({ fate: 'lost' });
      const writing = events.find(({ actor, event }) => actor === 'n1' && event.type === 'disk-write-started');
      expect(writing).toMatchObject({ atUs: 10_000, event: { dueUs: 17_000 } });
    });

    it('act does any of them, and says what would heal it', async () => {
      const cluster = await control();
      expect(await cluster.act({ type: 'kill', node: 'n1' })).toEqual([{ type: 'revive', node: 'n1' }]);
      expect(await cluster.act({ type: 'restart', node: 'n2' })).toEqual([]);
    });
  });
}

function describeRequests(control: () => Promise<ClusterControl>, isReal: boolean): void {
  describe('asks the store:', () => {
    it('set, get, append, cas and delete are told what came of them', async () => {
      const cluster = await control();
      await until(cluster, (now) => now.leader !== undefined);
      const ask = (asked: Promise<Fate>): Promise<unknown> => fateOf(cluster, asked);
      const ok = (value: string): object => ({ type: 'committed', result: { type: 'ok', value } });
      expect(await ask(cluster.set('x', '5'))).toMatchObject({ type: 'committed', result: { type: 'ok' } });
      expect(await ask(cluster.append('x', '6'))).toMatchObject(ok('56'));
      expect(await ask(cluster.get('x'))).toMatchObject(ok('56'));
      expect(await ask(cluster.cas('x', '5', '7'))).toMatchObject({ result: { type: 'mismatch', actual: '56' } });
      expect(await ask(cluster.cas('x', '56', '7'))).toMatchObject(ok('7'));
      expect(await ask(cluster.delete('x'))).toMatchObject({ type: 'committed' });
      expect(await ask(cluster.cas('x', undefined, '8'))).toMatchObject(ok('8'));
      const { nodes } = await until(cluster, (now) => now.nodes.every(({ store }) => store['x'] === '8'));
      expect(nodes.map(({ store }) => store)).toEqual(ALL.map(() => ({ x: '8' })));
    });

    it('a request that nobody took failed; whether one happens that nobody answered, is unknown', async () => {
      const cluster = await control();
      await cluster.split([['n1'], ['n2'], ['n3']]);
      const fate = await fateOf(cluster, cluster.set('x', '5'));
      // Of real nodes one may have been elected before, and take it.
      if (!isReal) expect(fate).toMatchObject({ type: 'failed' });
      else expect(fate.type).not.toBe('committed');
      for (const node of ALL) await cluster.kill(node);
      expect(await fateOf(cluster, cluster.set('x', '6'))).toMatchObject({ type: 'unknown' });
    });

    it('a request by action has a name of its own', async () => {
      const cluster = await control();
      const asked: Action = {
        type: 'request',
        client: 'c2',
        requestId: 'mine',
        operation: { type: 'set', key: 'x', value: '5' },
      };
      await cluster.act(asked);
      expect(await refusal(cluster.act(asked))).toBe('There is a request mine in this run already.');
      await until(cluster, ({ nodes }) => nodes.some(({ store }) => store['x'] === '5'));
    });
  });
}

/** Has that node stand, unless it leads already: a real cluster may have elected it by itself. */
async function lead(cluster: ClusterControl, node: string): Promise<void> {
  if ((await cluster.status()).leader !== node) await cluster.timeOutNow(node);
}

function describeRealCluster(control: () => Promise<ClusterControl>): void {
  describe('is real:', () => {
    it('says where it is, how each node is connected, and how far behind the screen is', async () => {
      const cluster = await control();
      const { clock } = await until(
        cluster,
        ({ clock: { real } }) => real?.nodes.every((node) => node.isConnected) === true,
      );
      expect(clock.real?.nodes.map(({ id }) => id)).toEqual(ALL);
      for (const { roundTripUs, clockAheadUs, clockDoubtUs } of clock.real?.nodes ?? []) {
        expect(roundTripUs).toBeGreaterThan(0);
        expect(Math.abs(clockAheadUs ?? NaN)).toBeLessThan((clockDoubtUs ?? NaN) + 5_000);
      }
      expect(clock.real?.behindUs).toBeLessThan(5_000_000);
    });

    it('undo heals the last action that left something to heal', async () => {
      const cluster = await control();
      expect(await cluster.undo()).toBeUndefined();
      await until(cluster, (now) => now.leader !== undefined);
      await cluster.kill('n1');
      expect((await cluster.status()).clock.undoable).toEqual({ type: 'kill', node: 'n1' });
      expect(await cluster.undo()).toEqual({ type: 'kill', node: 'n1' });
      await until(cluster, ({ nodes }) => nodes.every(({ status }) => status === 'up'));
      expect(await cluster.undo()).toBeUndefined();
    });

    it('is not thrown away, loaded over or saved as a run', async () => {
      const cluster = await control();
      const detach = 'A real cluster is not thrown away from here: detach, and there is one to play with.';
      expect(await refusal(cluster.reset())).toBe(detach);
      expect(await refusal(cluster.load({} as Run))).toBe(detach);
      expect(await refusal(cluster.run())).toBe(
        'A real cluster is no run that could be played again: its timeline can be saved.',
      );
      expect(await refusal(cluster.setDisk({ meanMs: 1, spreadMs: 0 }))).toBe(
        'Real machines are as they are: their disks, their clocks, their pace.',
      );
    });
  });
}

function describeBeginnings(control: () => Promise<ClusterControl>): void {
  describe('begins anew:', () => {
    it('reset takes nodes, seed and config, and forgets what was', async () => {
      const cluster = await control();
      await cluster.kill('n1');
      await cluster.reset({ nodes: 2, seed: 4_294_967_295, config: { heartbeatMs: 20, preVote: true } });
      const now = await cluster.status();
      expect(now).toMatchObject({ seed: 4_294_967_295, config: { nodes: 2, heartbeatMs: 20, preVote: true } });
      expect(now.nodes.map(({ status }) => status)).toEqual(['up', 'up']);
      expect((await cluster.run()).actions).toEqual([]);
      await cluster.reset();
      expect(await cluster.status()).toMatchObject({ seed: 4_294_967_295, config: defaultRunConfig });
    });

    it('load plays a run again, event for event, until someone takes the helm', async () => {
      const cluster = await control();
      await cluster.advanceTo(300);
      await cluster.kill('n1');
      await cluster.advanceTo(700);
      await cluster.revive('n1');
      await cluster.advanceTo(900);
      const run = await cluster.run();
      const events = await cluster.events();
      await cluster.load(run);
      expect((await cluster.status()).clock.replay).toEqual({ untilUs: 900_000, actionsLeft: 2 });
      await cluster.advanceTo(900);
      expect(await cluster.events()).toEqual(events);
      expect(await cluster.run()).toEqual(run);
      await cluster.load(run);
      await cluster.advanceTo(500);
      await cluster.kill('n2');
      expect(await done(cluster)).toEqual(['kill', 'kill']);
      expect((await cluster.status()).clock.replay).toBeUndefined();
    });

    it('undo heals the last action, or goes back before it, and says which it was', async () => {
      const cluster = await control();
      expect(await cluster.undo()).toBeUndefined();
      await cluster.advanceTo(100);
      await cluster.kill('n1');
      expect((await cluster.status()).clock.undoable).toEqual({ type: 'kill', node: 'n1' });
      expect(await cluster.undo()).toEqual({ type: 'kill', node: 'n1' });
      expect(await standing(cluster)).toEqual(['up', 'up', 'up']);
      const before = await cluster.status();
      await cluster.restart('n2');
      await cluster.advanceTo(200);
      expect(await cluster.undo()).toEqual({ type: 'restart', node: 'n2' });
      const after = await cluster.status();
      expect(after.clock.nowUs).toBe(before.clock.nowUs);
      expect(after.nodes).toEqual(before.nodes);
    });
  });
}

/** What is asked in vain, after what, and why. */
interface Refusal {
  readonly what: string;
  readonly first?: (cluster: ClusterControl) => Promise<unknown>;
  readonly ask: (cluster: ClusterControl) => Promise<unknown>;
  readonly why: string;
  /** Whether a real cluster says so too, and is asked. */
  readonly isReal?: true;
}

const link = [{ from: 'n1', to: 'n2' }];
const kill = (cluster: ClusterControl): Promise<void> => cluster.kill('n1');
const pauseNode = (cluster: ClusterControl): Promise<void> => cluster.pauseNode('n1');
const elect = async (cluster: ClusterControl): Promise<void> => {
  await lead(cluster, 'n1');
  await until(cluster, ({ nodes }) => nodes.every(({ leader }) => leader === 'n1'));
};
const STRANGER = 'n4 is not a node of this cluster: it has n1 to n3.';

const refusals: readonly Refusal[] = [
  { what: 'kill of a stranger', isReal: true, ask: (cluster) => cluster.kill('n4'), why: STRANGER },
  { what: 'kill of the dead', isReal: true, first: kill, ask: kill, why: 'n1 is down already.' },
  {
    what: 'kill of no node',
    isReal: true,
    ask: (cluster) => cluster.kill('x'),
    why: 'node must be a node such as n1, but is "x".',
  },
  { what: 'revive of the living', ask: (cluster) => cluster.revive('n1'), why: 'n1 is running already.' },
  {
    what: 'revive of the paused',
    first: pauseNode,
    ask: (cluster) => cluster.revive('n1'),
    why: 'n1 is not down but paused: resume it.',
  },
  { what: 'restart of the dead', first: kill, ask: (cluster) => cluster.restart('n1'), why: 'n1 is down: revive it.' },
  { what: 'pauseNode of the dead', first: kill, ask: pauseNode, why: 'n1 is down.' },
  { what: 'pauseNode twice', first: pauseNode, ask: pauseNode, why: 'n1 is paused already.' },
  {
    what: 'resumeNode of who runs',
    ask: (cluster) => cluster.resumeNode('n1'),
    why: 'n1 is not paused.',
  },
  {
    what: 'resumeNode of the dead',
    first: kill,
    ask: (cluster) => cluster.resumeNode('n1'),
    why: 'n1 is not paused but down: revive it.',
  },
  { what: 'timeOutNow of the dead', first: kill, ask: (cluster) => cluster.timeOutNow('n1'), why: 'n1 is down.' },
  {
    what: 'timeOutNow of the paused',
    first: pauseNode,
    ask: (cluster) => cluster.timeOutNow('n1'),
    why: 'n1 is paused, and handles nothing until it is resumed.',
  },
  {
    what: 'timeOutNow of a leader',
    first: elect,
    ask: (cluster) => cluster.timeOutNow('n1'),
    why: 'n1 leads, and a leader has no election timer.',
  },
  {
    what: 'transfer where nobody leads',
    ask: (cluster) => cluster.transfer('n1'),
    why: 'Nobody leads, so there is no lead to hand over.',
  },
  {
    what: 'transfer to the leader',
    isReal: true,
    first: elect,
    ask: (cluster) => cluster.transfer('n1'),
    why: 'n1 leads already.',
  },
  { what: 'transfer to a stranger', first: elect, ask: (cluster) => cluster.transfer('n4'), why: STRANGER },
  {
    what: 'transfer twice',
    first: async (cluster) => {
      await elect(cluster);
      await cluster.kill('n3');
      await cluster.transfer('n3');
    },
    ask: (cluster) => cluster.transfer('n2'),
    why: 'n1 is handing its lead over to n3 already.',
  },
  {
    what: 'addNode where nobody leads',
    ask: (cluster) => cluster.addNode(),
    why: 'Nobody leads, and only a leader changes who belongs to the cluster.',
  },
  {
    what: 'leaveJoint where nobody leads',
    ask: (cluster) => cluster.leaveJoint(),
    why: 'Nobody leads, and only a leader changes who belongs to the cluster.',
  },
  {
    what: 'a machine that is there',
    ask: (cluster) => cluster.act({ type: 'start-node', node: 'n3' }),
    why: 'There is a node n3 already.',
  },
  { what: 'snapshot of the dead', first: kill, ask: (cluster) => cluster.snapshot('n1'), why: 'n1 is down.' },
  { what: 'snapshot of a stranger', ask: (cluster) => cluster.snapshot('n4'), why: STRANGER },
  {
    what: 'snapshot of what has applied nothing',
    ask: (cluster) => cluster.snapshot('n1'),
    why: 'n1 has applied nothing that a snapshot could hold.',
  },
  { what: 'cut of nothing', ask: (cluster) => cluster.cut([]), why: 'No link is named.' },
  {
    what: 'cut twice',
    isReal: true,
    first: (cluster) => cluster.cut(link),
    ask: (cluster) => cluster.cut(link),
    why: 'n1→n2 is cut already.',
  },
  {
    what: 'cut to itself',
    ask: (cluster) => cluster.cut([{ from: 'n1', to: 'n1' }]),
    why: 'n1 has no link to itself.',
  },
  { what: 'heal where nothing is cut', ask: (cluster) => cluster.heal(), why: 'No link is cut.' },
  { what: 'heal of a whole link', ask: (cluster) => cluster.heal(link), why: 'n1→n2 is not cut.' },
  {
    what: 'isolate twice',
    isReal: true,
    first: (cluster) => cluster.isolate('n1'),
    ask: (cluster) => cluster.isolate('n1'),
    why: 'n1 is cut off already.',
  },
  {
    what: 'split into one',
    ask: (cluster) => cluster.split([ALL]),
    why: 'All nodes would be in one group: nothing would be cut.',
  },
  {
    what: 'split as it is',
    first: (cluster) => cluster.split([['n1']]),
    ask: (cluster) => cluster.split([['n1'], ['n2', 'n3']]),
    why: 'The cluster is split like this already.',
  },
  {
    what: 'split of a node from itself',
    ask: (cluster) => cluster.split([['n1', 'n2', 'n1']]),
    why: 'n1 stands twice in one group.',
  },
  {
    what: 'setLinks to nothing',
    ask: (cluster) => cluster.setLinks({}),
    why: 'It sets nothing: neither latency nor loss, duplication, reordering or replay.',
  },
  {
    what: 'setLinks as they are',
    ask: (cluster) => cluster.setLinks({ loss: 0 }),
    why: 'All links are like that already.',
  },
  {
    what: 'setLinks as one is',
    ask: (cluster) => cluster.setLinks({ loss: 0 }, link),
    why: 'n1→n2 is like that already.',
  },
  {
    what: 'setLinks to more than all',
    ask: (cluster) => cluster.setLinks({ loss: 2 }),
    why: 'quality.loss must be a number from 0 to 1, but is 2.',
  },
  {
    what: 'setDisk as it is',
    ask: (cluster) => cluster.setDisk(defaultRunConfig.disk),
    why: 'The disk is like that already.',
  },
  {
    what: 'setDisk of a stranger',
    ask: (cluster) => cluster.setDisk({ meanMs: 1, spreadMs: 0 }, ['n4']),
    why: STRANGER,
  },
  {
    what: 'set of an empty key',
    isReal: true,
    ask: (cluster) => cluster.set('', '5'),
    why: 'The key is empty; a key needs at least 1 byte.',
  },
  {
    what: 'get of a long key',
    ask: (cluster) => cluster.get('k'.repeat(257)),
    why: 'The key is 257 bytes long; a key may have at most 256 bytes.',
  },
  {
    what: 'append of a long value',
    ask: (cluster) => cluster.append('x', 'v'.repeat(65_537)),
    why: 'The value is 65537 bytes long; a value may have at most 65536 bytes.',
  },
  {
    what: 'act by a client too many',
    ask: (cluster) =>
      cluster.act({ type: 'request', client: 'c65', requestId: 'r1', operation: { type: 'get', key: 'x' } }),
    why: 'client must be a client from c1 to c64, but is "c65".',
  },
  {
    what: 'act of a kind that there is not',
    ask: (cluster) => cluster.act({ type: 'explode' } as unknown as Action),
    why: 'type must be the name of an action, such as kill or split, but is "explode".',
  },
  {
    what: 'speed 0',
    ask: (cluster) => cluster.speed(0),
    why: 'The speed must be from 1/1000 to 20 times real time, not 0.',
  },
  {
    what: 'speed 21',
    isReal: true,
    ask: (cluster) => cluster.speed(21),
    why: 'The speed must be from 1/1000 to 20 times real time, not 21.',
  },
  {
    what: 'advanceTo the past of everything',
    isReal: true,
    ask: (cluster) => cluster.advanceTo(-1),
    why: 'A moment is a number of virtual milliseconds, not -1.',
  },
  {
    what: 'reset to no nodes',
    ask: (cluster) => cluster.reset({ nodes: 0 }),
    why: 'nodes must be a whole number from 1 to 64, but is 0.',
  },
  {
    what: 'reset to an odd seed',
    ask: (cluster) => cluster.reset({ seed: -1 }),
    why: 'A seed is a whole number from 0 to 4,294,967,295, not -1.',
  },
  {
    what: 'reset to an odd config',
    ask: (cluster) => cluster.reset({ config: { heartbeatMs: 0 } }),
    why: 'heartbeatMs must be a number from 1 to 600,000, but is 0.',
  },
  {
    what: 'load of what is no run',
    ask: (cluster) => cluster.load({ actions: [] } as unknown as Run),
    why: 'This is not a run file: it has no field "format" that says "whitewater-run".',
  },
];

function describeRefusals(control: () => Promise<ClusterControl>, isReal: boolean): void {
  describe('refuses with one sentence, and nothing has changed:', () => {
    it.each(refusals.filter((refused) => !isReal || refused.isReal === true))('$what', async ({ first, ask, why }) => {
      const cluster = await control();
      await first?.(cluster);
      // Of a real cluster the state goes on by itself; what was done from outside does not.
      const look = async (): Promise<unknown> =>
        isReal
          ? { standing: await standing(cluster), cuts: (await cluster.status()).cuts }
          : [await cluster.run(), await cluster.status()];
      const before = await look();
      expect(await refusal(ask(cluster))).toBe(why);
      expect(await look()).toEqual(before);
    });
  });
}

async function standing(cluster: ClusterControl): Promise<readonly string[]> {
  return (await cluster.status()).nodes.map(({ status }) => status);
}

async function done(cluster: ClusterControl): Promise<readonly string[]> {
  return (await cluster.run()).actions.map(({ action }) => action.type);
}

/** Plays on, a little at a time, until it holds; throws when it does not in ten virtual seconds. */
async function until(
  cluster: ClusterControl,
  holds: (status: ClusterStatus) => boolean | Promise<boolean>,
): Promise<ClusterStatus> {
  let now = await cluster.status();
  const endMs = now.clock.nowUs / 1_000 + 10_000;
  while (!(await holds(now))) {
    const nowMs = now.clock.nowUs / 1_000;
    if (nowMs >= endMs) throw new Error(`It never came to be: ${JSON.stringify(now).slice(0, 2_000)}`);
    await cluster.advanceTo(nowMs + 20);
    now = await cluster.status();
  }
  return now;
}

/** Plays on until a request has come to its end. */
async function fateOf(cluster: ClusterControl, asked: Promise<Fate>): Promise<Fate> {
  let ended = false;
  const fate = asked.finally(() => {
    ended = true;
  });
  await until(cluster, () => ended);
  return fate;
}

/** Why it was refused; throws where it was not, or not by the cluster. */
async function refusal(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    () => new Error('It was done.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClusterError)) throw new Error(`No refusal: ${String(error)}`, { cause: error });
  return error.message;
}
