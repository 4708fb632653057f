import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearizabilityWatch } from '../../src/check/linearizability/linearizability-watch.ts';
import type { Fate } from '../../src/kv/client-message.ts';
import type { ClientReadMode, Operation } from '../../src/kv/command.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { paperRules, type Rules } from '../../src/raft/rules.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import type { Action } from '../../src/timeline/action.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';

/** A cluster in which one thing is done after the other, and all that happened. */
class Scene {
  readonly simulator: Simulator;
  readonly events: TimelineEvent[] = [];
  private asked = 0;

  constructor(config: Partial<RunConfig> = {}, rules: Partial<Rules> = {}, seed = 7) {
    const whole = { ...defaultRunConfig, ...config };
    this.simulator = new Simulator({ seed, config: whole, rules: { ...paperRules, ...rules } });
    this.pass(1_000);
  }

  pass(ms: number): void {
    this.simulator.advance(this.simulator.nowUs + ms * 1_000);
    this.events.push(...this.simulator.takeEvents());
  }

  act(...actions: readonly Action[]): void {
    for (const action of actions) this.simulator.act(action);
  }

  ask(operation: Operation, client = 'c1'): string {
    this.asked += 1;
    const requestId = `r${this.asked}`;
    this.act({ type: 'request', client, requestId, operation });
    return requestId;
  }

  fateOf(requestId: string): Fate | undefined {
    for (const { event } of this.events) {
      if (event.type === 'request-ended' && event.requestId === requestId) return event.fate;
    }
    return undefined;
  }

  valueOf(requestId: string): string | undefined {
    const fate = this.fateOf(requestId);
    if (fate?.type !== 'committed' || fate.result.type !== 'ok') throw new Error(`It came to ${JSON.stringify(fate)}.`);
    return fate.result.value;
  }

  get leader(): NodeId {
    const leading = [...this.simulator.nodes.values()].filter(({ core }) => core.role === 'leader');
    leading.sort((one, other) => other.core.term - one.core.term);
    const id = leading[0]?.id;
    if (id === undefined) throw new Error('Nobody leads.');
    return id;
  }

  get verdict(): string {
    const watch = new LinearizabilityWatch();
    for (const event of this.events) watch.see(event);
    return watch.verdict().type;
  }
}

const get = (mode: ClientReadMode, more: Partial<Extract<Operation, { type: 'get' }>> = {}): Operation => ({
  type: 'get',
  key: 'x',
  mode,
  ...more,
});
const set = (value: string): Operation => ({ type: 'set', key: 'x', value });

/** x is 1; the leader is cut off with its clients, the others elect another, and x becomes 2. Gives the old leader. */
function deposedUnawares(scene: Scene): NodeId {
  scene.ask(set('1'));
  scene.pass(500);
  const old = scene.leader;
  scene.act({ type: 'isolate', node: old });
  scene.pass(700);
  scene.ask(set('2'), 'c2');
  scene.pass(2_000);
  return old;
}

describe('A read', () => {
  it.each(['read-index', 'lease', 'follower'] as const)('via %s does not let the log grow', (mode) => {
    const scene = new Scene({ leases: { durationMs: 400, driftPpm: 0 } });
    scene.ask(set('1'));
    scene.pass(600);
    const lastIndex = scene.simulator.nodes.get(scene.leader)?.core.lastIndex;
    const reads = Array.from({ length: 5 }, () => scene.ask(get(mode)));
    scene.pass(600);
    expect(reads.map((read) => scene.valueOf(read))).toEqual(['1', '1', '1', '1', '1']);
    // One in five is the leader's turn, which needs nobody's word but a majority's.
    const vias: readonly unknown[] = mode === 'follower' ? ['follower', 'read-index'] : [mode];
    for (const read of reads) {
      const fate = scene.fateOf(read);
      expect(fate).toMatchObject({ index: lastIndex });
      expect(vias).toContain(fate?.type === 'committed' ? fate.via : undefined);
    }
    expect(scene.simulator.nodes.get(scene.leader)?.core.lastIndex).toBe(lastIndex);
  });

  it('goes through the log where nothing else is said, and otherwise as the run says', () => {
    for (const [config, via] of [
      [{}, undefined],
      [{ reads: 'read-index' }, 'read-index'],
    ] as const) {
      const scene = new Scene(config);
      const read = scene.ask({ type: 'get', key: 'x' });
      scene.pass(600);
      expect(scene.fateOf(read)).toMatchObject({ type: 'committed' });
      expect((scene.fateOf(read) as { via?: string }).via).toBe(via);
    }
  });

  it('shares one round with all that wait', () => {
    const scene = new Scene();
    for (let count = 0; count < 20; count += 1) scene.ask(get('read-index'));
    scene.pass(600);
    const rounds = scene.events.filter(({ event }) => event.type === 'read-round-started');
    expect(rounds.length).toBeLessThanOrEqual(4);
    expect(scene.events.filter(({ event }) => event.type === 'read-answered')).toHaveLength(20);
  });

  it('from a node that is named is answered by that one', () => {
    const scene = new Scene();
    for (const node of ['n1', 'n2', 'n3', 'n4', 'n5']) {
      for (const mode of ['follower', 'stale'] as const) {
        const read = scene.ask(get(mode, { node }));
        scene.pass(600);
        const answered = scene.events.find(({ event }) => event.type === 'read-answered' && event.requestId === read);
        expect(answered?.actor).toBe(node);
      }
    }
  });
});

describe('A leader that is deposed and does not know it', () => {
  it('answers a stale read with what was overwritten, and the check says so', () => {
    const scene = new Scene();
    const old = deposedUnawares(scene);
    const read = scene.ask(get('stale', { node: old }));
    scene.pass(500);
    expect(scene.valueOf(read)).toBe('1');
    expect(scene.verdict).toBe('not-linearizable');
  });

  it('answers none by ReadIndex: nobody confirms its lead', () => {
    const scene = new Scene();
    const old = deposedUnawares(scene);
    expect(scene.simulator.nodes.get(old)?.core.role).toBe('leader');
    const read = scene.ask(get('follower', { node: old }));
    const other = scene.ask(get('read-index'), 'c2');
    scene.pass(900);
    expect(scene.fateOf(read)).toBeUndefined();
    expect(scene.valueOf(other)).toBe('2');
    scene.act({ type: 'heal', links: undefined });
    scene.pass(4_500);
    expect(scene.valueOf(read)).toBe('2');
    expect(scene.verdict).toBe('linearizable');
  });

  it('has stepped down by the time that the next one commits, where there are leases', () => {
    const scene = new Scene({ leases: { durationMs: 600, driftPpm: 10_000 } });
    const old = deposedUnawares(scene);
    expect(scene.simulator.nodes.get(old)?.core.role).not.toBe('leader');
    const waits = scene.events.filter(({ event }) => event.type === 'lease-wait-started');
    expect(waits.length).toBeGreaterThan(0);
    expect(
      scene.events.some(({ actor, event }) => actor === old && 'rule' in event && event.rule === 'lease-lost'),
    ).toBe(true);
  });
});

describe('A client that asks for what is not older than it has seen', () => {
  it('is not answered by a node that is behind, until that has caught up', () => {
    const scene = new Scene();
    const behind = ['n1', 'n2', 'n3', 'n4', 'n5'].find((node) => node !== scene.leader) ?? 'n1';
    scene.act({ type: 'isolate', node: behind });
    scene.ask(set('1'));
    scene.pass(500);
    const anyAge = scene.ask(get('stale', { node: behind }));
    const seen = scene.ask(get('stale', { node: behind, notBefore: 'seen' }));
    scene.pass(500);
    expect(scene.valueOf(anyAge)).toBeUndefined();
    expect(scene.fateOf(seen)).toBeUndefined();
    scene.act({ type: 'heal', links: undefined });
    scene.pass(1_500);
    expect(scene.valueOf(seen)).toBe('1');
  });
});

/** The leader's clock is slow; it is cut off, and asked by its lease all the while, as another comes to lead and writes. */
function slowLeader(seed: number, bound: number, rules: Partial<Rules> = {}): Scene {
  const leases = { durationMs: 1_000, driftPpm: bound };
  const scene = new Scene({ nodes: 3, reads: 'lease', leases }, rules, seed);
  scene.ask(set('1'));
  scene.pass(600);
  const { leader } = scene;
  const others = ['n1', 'n2', 'n3'].filter((node) => node !== leader);
  scene.act(
    { type: 'set-clock', nodes: [leader], driftPpm: -300_000 },
    { type: 'set-clock', nodes: others, driftPpm: 300_000 },
  );
  scene.pass(300);
  scene.act({ type: 'isolate', node: leader });
  for (let step = 0; step < 30; step += 1) {
    scene.ask(set(`w${step}`), 'c2');
    scene.ask(get('lease'), 'c1');
    scene.pass(60);
  }
  scene.pass(5_000);
  return scene;
}

describe('A lease on clocks that drift', () => {
  it('is safe within the bound that the nodes are told', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        expect(slowLeader(seed, 300_000).verdict).toBe('linearizable');
      }),
      { numRuns: 15 },
    );
  });

  it('is caught where the bound is wrong, and where drift is ignored', { timeout: 60_000 }, () => {
    const trusting = { heldLeaseUs: (us: number) => us, promisedLeaseUs: (us: number) => us };
    const isCaught = (bound: number, rules: Partial<Rules>): boolean =>
      Array.from({ length: 30 }, (_, seed) => seed).some(
        (seed) => slowLeader(seed, bound, rules).verdict === 'not-linearizable',
      );
    expect([isCaught(0, {}), isCaught(300_000, trusting)]).toEqual([true, true]);
  });
});
