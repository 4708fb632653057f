import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NodeHost } from '../../src/host/node-host.ts';
import { StorageError } from '../../src/host/ports.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import type { Action } from '../../src/timeline/action.ts';
import { WindowDisk } from '../../workers/window-disk.ts';
import { PlayedWorkers } from '../support/played-workers.ts';
import { anyRun } from '../support/random-run.ts';
import type { ThreadWorker, Troubles } from '../support/thread-worker.ts';

/** Never settles: what a worker that hangs answers. */
const hanging = new Promise<void>(() => undefined);

const write = (requestId: string, value: string): Action => ({
  type: 'request',
  client: 'c1',
  requestId,
  operation: { type: 'append', key: 'x', value },
});

/** Some things to do, a restart of the victim among them, long after it broke: what its disk holds is then told. */
async function goOn(played: PlayedWorkers, victim: NodeId): Promise<void> {
  const startMs = played.engine.nowUs / 1_000;
  await played.act(write('r8', 'b'));
  await played.advance(startMs + 300);
  await played.act({ type: 'revive', node: victim });
  await played.act(write('r9', 'c'));
  await played.advance(startMs + 1_200);
}

/** A trouble that comes once, at that node's write number `count`. */
function atWrite(victim: NodeId, count: number, trouble: (worker: ThreadWorker) => Promise<void>) {
  let writes = 0;
  return (worker: ThreadWorker): Promise<void> | undefined => {
    if (worker.id !== victim) return undefined;
    writes += 1;
    return writes === count ? trouble(worker) : undefined;
  };
}

const breaking = (worker: ThreadWorker): Promise<void> => {
  worker.break('boom');
  return hanging;
};

/** That node's code throws once, when it has handled all that was due at some moment from there on; or its worker breaks. */
function throwsAfter(fromUs: number, victim: NodeId, worker?: () => ThreadWorker | undefined): void {
  const advance = Reflect.get(NodeHost.prototype, 'advance');
  let done = false;
  vi.spyOn(NodeHost.prototype, 'advance').mockImplementation(function (this: NodeHost, untilUs: number) {
    const handled = advance.call(this, untilUs);
    if (done || this.id !== victim || untilUs < fromUs) return handled;
    done = true;
    const broken = worker?.();
    if (broken === undefined) throw new Error('boom');
    broken.break('boom');
    return hanging;
  });
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('The run plays again exactly, event for event,', () => {
  it('when nothing breaks', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    await played.act(write('r1', 'a'));
    await played.act({ type: 'kill', node: 'n2' });
    await goOn(played, 'n2');
    expect(played.crashes).toEqual([]);
    expect(played.events.length).toBeGreaterThan(300);
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when code throws in the middle of a window: what it had just begun at that moment did not happen', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    throwsAfter(450_000, 'n2');
    await played.advance(600);
    expect(played.crashes).toMatchObject([{ node: 'n2', reason: 'n2 stopped: boom' }]);
    expect(played.crashes[0]?.atUs).toBeGreaterThan(450_000);
    await goOn(played, 'n2');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when code throws at the very moment of a write: that write is not done either', async () => {
    const played = await PlayedWorkers.start();
    const keep = Reflect.get(WindowDisk.prototype, 'write');
    let writes = 0;
    vi.spyOn(WindowDisk.prototype, 'write').mockImplementation(function (this: WindowDisk, asked) {
      keep.call(this, asked);
      writes += 1;
      if (writes === 8) throw new Error('boom');
    });
    await played.advance(400);
    await played.act(write('r1', 'a'));
    await played.advance(600);
    expect(played.crashes).toHaveLength(1);
    expect(played.crashes[0]?.reason).toContain('boom');
    await goOn(played, played.crashes[0]?.node ?? '');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when a worker breaks in the middle of a window, before it has said anything', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    throwsAfter(450_000, 'n2', () => played.workers.find(({ id }) => id === 'n2'));
    await played.advance(600);
    expect(played.crashes).toMatchObject([{ node: 'n2', reason: "n2's worker broke: boom" }]);
    await goOn(played, 'n2');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it.each([
    ['before a write', { beforeWrite: atWrite('n2', 2, breaking) }],
    ['after a write, before it could say so', { afterWrite: atWrite('n2', 2, breaking) }],
  ])('when a worker breaks %s', async (_, troubles: Troubles) => {
    const played = await PlayedWorkers.start({ troubles });
    await played.advance(400);
    await played.act(write('r1', 'a'));
    await played.advance(600);
    expect(played.crashes).toMatchObject([{ node: 'n2', reason: "n2's worker broke: boom" }]);
    await goOn(played, 'n2');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when a disk refuses a write: what the node would have done after it did not happen', async () => {
    const refusing = (): Promise<void> => Promise.reject(new StorageError('full', "n2's disk is full."));
    const played = await PlayedWorkers.start({ troubles: { beforeWrite: atWrite('n2', 2, refusing) } });
    await played.advance(400);
    await played.act(write('r1', 'a'));
    await played.advance(600);
    expect(played.crashes).toMatchObject([{ node: 'n2', reason: "n2's disk is full." }]);
    await goOn(played, 'n2');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when a write hangs until patience is at its end', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const hangs = (): Promise<void> => {
      // The page waits for nothing else by now.
      setImmediate(() => vi.advanceTimersByTime(31_000));
      return hanging;
    };
    const played = await PlayedWorkers.start({ troubles: { beforeWrite: atWrite('n2', 2, hangs) } });
    await played.advance(400);
    await played.act(write('r1', 'a'));
    await played.advance(600);
    expect(played.crashes).toMatchObject([{ node: 'n2', reason: "n2's worker has not answered for 30 s." }]);
    await goOn(played, 'n2');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when code throws at an action: the crash comes before it', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    const act = Reflect.get(NodeHost.prototype, 'act');
    vi.spyOn(NodeHost.prototype, 'act').mockImplementation(function (this: NodeHost, atUs, action) {
      act.call(this, atUs, action);
      if (this.id === 'n3' && action.type === 'time-out-now') throw new Error('boom');
    });
    await played.act({ type: 'time-out-now', node: 'n3' });
    expect(played.actions.map(({ action }) => action.type)).toEqual(['crash', 'time-out-now']);
    await goOn(played, 'n3');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when a worker breaks while nobody asks anything of it', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    played.workers.find(({ id }) => id === 'n4')?.break('boom');
    await played.act({ type: 'isolate', node: 'n1' });
    expect(played.actions.map(({ action }) => action.type)).toEqual(['crash', 'isolate']);
    await played.advance(700);
    await goOn(played, 'n4');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when a worker that is to be restarted has broken: its node stays down', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    played.workers.find(({ id }) => id === 'n4')?.break('boom');
    await played.act({ type: 'restart', node: 'n4' });
    expect(played.actions.map(({ action }) => action.type)).toEqual(['crash', 'restart']);
    expect(played.engine.world.machines['n4']?.status).toBe('down');
    await goOn(played, 'n4');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when another breaks while a worker is being restarted: neither crash nor restart is forgotten', async () => {
    const played = await PlayedWorkers.start();
    await played.advance(400);
    played.workers.find(({ id }) => id === 'n4')?.break('boom');
    await played.act({ type: 'restart', node: 'n2' });
    expect(played.actions.map(({ action }) => action.type)).toEqual(['crash', 'restart']);
    await goOn(played, 'n4');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it.each<[string, (once: (worker: ThreadWorker) => void) => Troubles]>([
    ['begun', (once) => ({ beforeStart: once })],
    ['connected', (once) => ({ beforeConnect: once })],
  ])('when a worker cannot be %s: its node crashes instead', async (_, troubles) => {
    let refuse: NodeId | undefined;
    const once = (worker: ThreadWorker): void => {
      if (worker.id === refuse) throw new Error(`${worker.id} will not.`);
    };
    const played = await PlayedWorkers.start({ troubles: troubles(once) });
    await played.advance(400);
    await played.act({ type: 'power-failure', nodes: ['n2', 'n3'], clients: false });
    await played.advance(500);
    refuse = 'n2';
    await played.act({ type: 'power-return', nodes: ['n2', 'n3'] });
    await played.act({ type: 'restart', node: 'n4' });
    expect(played.crashes).toMatchObject([{ node: 'n2', reason: 'n2 will not.' }]);
    expect(played.engine.world.machines['n2']?.status).toBe('down');
    expect(played.engine.world.machines['n3']?.status).toBe('up');
    await played.advance(700);
    refuse = undefined;
    await goOn(played, 'n2');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when a running worker breaks as another is connected to it: the one that runs crashes', async () => {
    let refuse: NodeId | undefined;
    const beforeConnect = ({ id }: ThreadWorker): void => {
      if (id === refuse) throw new Error(`${id} will not.`);
    };
    const played = await PlayedWorkers.start({ troubles: { beforeConnect } });
    await played.advance(400);
    await played.act({ type: 'kill', node: 'n2' });
    await played.advance(500);
    refuse = 'n5';
    await played.act({ type: 'revive', node: 'n2' });
    refuse = undefined;
    expect(played.actions.map(({ action }) => action.type)).toEqual(['kill', 'crash', 'revive']);
    expect(played.crashes).toMatchObject([{ node: 'n5' }]);
    await goOn(played, 'n5');
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when not one worker can be begun at the start', async () => {
    const beforeStart = ({ id }: ThreadWorker): void => {
      throw new Error(`${id} will not.`);
    };
    const played = await PlayedWorkers.start({ config: { nodes: 3 }, troubles: { beforeStart } });
    await played.advance(300);
    expect(played.crashes.map(({ atUs, node }) => [atUs, node])).toEqual([
      [0, 'n1'],
      [0, 'n2'],
      [0, 'n3'],
    ]);
    expect(played.playedAgain()).toEqual(played.events);
  });

  it('when what a worker had sent is lost with it: its peers go on, and in the run it is lost as well', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const played = await PlayedWorkers.start();
    await played.advance(400);
    const leader = played.events.find(({ event }) => event.type === 'became-leader')?.actor ?? '';
    const worker = played.workers.find(({ id }) => id === leader);
    if (worker === undefined) throw new Error('Nobody leads.');
    // Its next heartbeats are reported, and never come.
    worker.mute = true;
    const nextMs = played.engine.nextDueUs() / 1_000;
    const sent = (): boolean =>
      played.events.some(
        ({ actor, event }) => actor === leader && event.type === 'message-sent' && event.dueUs > played.engine.nowUs,
      );
    for (let ms = nextMs; !sent(); ms += 1) await played.advance(ms);
    worker.break('boom');
    const patience = setInterval(() => vi.advanceTimersByTime(1_100), 5);
    await played.act({ type: 'isolate', node: 'n5' === leader ? 'n4' : 'n5' });
    clearInterval(patience);
    expect(played.actions.map(({ action }) => action.type)).toEqual(['crash', 'cut', 'heal', 'isolate']);
    await goOn(played, leader);
    expect(played.crashes).toHaveLength(1);
    expect(played.playedAgain()).toEqual(played.events);
  });
});

describe('In random runs in which workers break', () => {
  it('the run plays again exactly, whenever and wherever they do', { timeout: 120_000 }, async () => {
    let crashes = 0;
    const trouble = fc.record({
      victim: fc.constantFrom('n1', 'n2', 'n3'),
      count: fc.integer({ min: 1, max: 6 }),
      when: fc.constantFrom('beforeWrite', 'afterWrite' as const),
    });
    await fc.assert(
      fc.asyncProperty(anyRun(16), fc.array(trouble, { minLength: 1, maxLength: 4 }), async (run, asked) => {
        const hooks = asked.map(({ victim, count, when }) => ({ when, hook: atWrite(victim, count, breaking) }));
        const at = (when: 'beforeWrite' | 'afterWrite') => (worker: ThreadWorker) =>
          hooks.reduce<Promise<void> | undefined>((found, one) => {
            const now = one.when === when ? one.hook(worker) : undefined;
            return found ?? now;
          }, undefined);
        const { seed, config } = run;
        const troubles = { beforeWrite: at('beforeWrite'), afterWrite: at('afterWrite') };
        const played = await PlayedWorkers.start({ seed, config, troubles });
        await played.play(run);
        crashes += played.crashes.length;
        expect(played.playedAgain()).toEqual(played.events);
        await played.engine.dispose();
      }),
      { numRuns: 80 },
    );
    expect(crashes).toBeGreaterThan(60);
  });
});
