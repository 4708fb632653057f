import { describe, expect, it } from 'vitest';
import { SLICE_US } from '../../src/host/snapshot-maker.ts';
import { SLICE_UNITS } from '../../src/kv/store-snapshot.ts';
import { configurationOf } from '../../src/raft/configuration.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import type { Action } from '../../src/timeline/action.ts';
import { wouldChange } from '../../src/timeline/availability.ts';
import { describe as wordsOf } from '../../src/timeline/describe.ts';
import type { EventBody, TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { lastIndexOf } from '../../src/timeline/node-log.ts';
import { defaultRunConfig, type SnapshotConfig } from '../../src/timeline/run-config.ts';
import type { NodeView, View } from '../../src/timeline/view.ts';

/** A cluster of three with a leader, and what happens to it. */
class Play {
  readonly simulator: Simulator;
  readonly events: TimelineEvent[] = [];
  view: View;
  #requests = 0;

  constructor(snapshot?: SnapshotConfig, seed = 4) {
    const config = { ...defaultRunConfig, nodes: 3, ...(snapshot && { snapshot }) };
    this.simulator = new Simulator({ seed, config });
    this.view = initialView(config);
    this.run(1_000);
  }

  run(ms: number): this {
    this.simulator.advance(this.simulator.nowUs + ms * 1_000);
    return this.#look();
  }

  act(action: Action): this {
    this.simulator.act(action);
    return this.#look();
  }

  /** So many keys are written, one after the other. */
  write(count: number, value = 'v'): this {
    for (let written = 0; written < count; written++) {
      this.#requests += 1;
      const requestId = `r${this.#requests}`;
      const operation = { type: 'set', key: `k${this.#requests}`, value } as const;
      this.act({ type: 'request', client: 'c1', requestId, operation }).run(60);
    }
    return this.run(200);
  }

  #look(): this {
    const events = this.simulator.takeEvents();
    this.events.push(...events);
    this.view = fold(this.view, events);
    return this;
  }

  get leader(): NodeView {
    const leader = Object.values(this.view.nodes).find(({ role }) => role === 'leader');
    if (leader === undefined) throw new Error('Nobody leads.');
    return leader;
  }

  get follower(): NodeView {
    const follower = Object.values(this.view.nodes).find(({ role }) => role === 'follower');
    if (follower === undefined) throw new Error('Nobody follows.');
    return follower;
  }

  node(id: string): NodeView {
    const node = this.view.nodes[id];
    if (node === undefined) throw new Error(`There is no ${id}.`);
    return node;
  }

  all<Type extends EventBody['type']>(
    type: Type,
  ): readonly (Extract<EventBody, { readonly type: Type }> & { actor: string; atUs: number })[] {
    return this.events.flatMap(({ actor, atUs, event }) =>
      event.type === type ? [{ ...(event as Extract<EventBody, { readonly type: Type }>), actor, atUs }] : [],
    );
  }

  said(): string {
    return this.events.map((event) => wordsOf(event).text).join('\n');
  }
}

describe('A node takes a snapshot (§7)', () => {
  it('when it is told to, of all that it has applied, and its log begins behind it', () => {
    const play = new Play().write(5);
    const { id, lastApplied } = play.follower;
    play.act({ type: 'snapshot', node: id });
    expect(play.node(id)).toMatchObject({ base: { index: lastApplied }, snapshot: { index: lastApplied } });
    expect(play.node(id).log.size).toBe(0);
    expect(play.leader.base.index).toBe(0);
    expect(play.said()).toContain(`${id} takes a snapshot of what it has applied up to index ${lastApplied}: `);
    expect(play.said()).toContain(`${id} forgets its log up to index ${lastApplied}`);
  });

  it('and refuses with a sentence where that would change nothing', () => {
    const play = new Play(undefined, 4);
    const { id } = play.follower;
    const reasonFor = (node: string): unknown => wouldChange(play.view.world, { type: 'snapshot', node }, play.view);
    play.act({ type: 'snapshot', node: id });
    const index = play.node(id).lastApplied;
    expect(reasonFor(id)).toEqual({
      possible: false,
      reason: `${id} has applied nothing since its last snapshot, up to index ${index}.`,
    });
    play.act({ type: 'snapshot', node: id });
    expect(play.said()).toContain(
      `${id} takes no snapshot: it has one of all that it has applied, up to index ${index}`,
    );
    play.act({ type: 'pause', node: id });
    expect(reasonFor(id)).toMatchObject({ reason: `${id} is paused, and handles nothing until it is resumed.` });
    play.act({ type: 'kill', node: id });
    expect(reasonFor(id)).toMatchObject({ reason: `${id} is down.` });
    expect(new Play().write(1).view.world.nodes.map((node) => reasonFor(node))).toHaveLength(3);
    const fresh = initialView({ ...defaultRunConfig, nodes: 3 });
    expect(wouldChange(fresh.world, { type: 'snapshot', node: 'n1' }, fresh)).toMatchObject({
      reason: 'n1 has applied nothing that a snapshot could hold.',
    });
  });

  it('by itself after so many entries, and keeps as many as it is told to', () => {
    const play = new Play({ everyEntries: 4, keepEntries: 2 }).write(12);
    for (const { id } of Object.values(play.view.nodes)) {
      const indexes = play
        .all('snapshot-taken')
        .filter(({ actor }) => actor === id)
        .map(({ index }) => index);
      expect(indexes).toEqual([4, 8, 12]);
      expect(play.node(id).base.index).toBe(10);
      expect(play.node(id).log.size).toBe(3);
    }
  });

  it('by itself after so many bytes of commands', () => {
    const small = new Play({ everyBytes: 10_000, keepEntries: 0 }).write(3);
    expect(small.all('snapshot-taken')).toEqual([]);
    small.write(2, 'x'.repeat(5_000));
    expect(small.all('snapshot-taken').length).toBe(3);
  });

  it('goes on with its work while a large one is made, and holds what was there when it was begun', () => {
    const value = 'x'.repeat(SLICE_UNITS / 4);
    const play = new Play().write(10, value);
    const { id, lastApplied } = play.leader;
    const begunUs = play.simulator.nowUs;
    play.act({ type: 'snapshot', node: id });
    expect(play.all('snapshot-taken')).toEqual([]);
    const operation = { type: 'set', key: 'meanwhile', value: '1' } as const;
    play.act({ type: 'request', client: 'c1', requestId: 'm', operation }).run(300);
    const [taken] = play.all('snapshot-taken');
    // Ten values, four to a slice: two more slices after the first.
    expect(taken).toMatchObject({ actor: id, index: lastApplied, atUs: begunUs + 2 * SLICE_US });
    expect(play.all('request-ended').at(-1)).toMatchObject({ requestId: 'm', fate: { type: 'committed' } });
    play.act({ type: 'restart', node: id });
    expect(play.node(id).store.has('meanwhile')).toBe(false);
    play.run(2_000);
    expect(play.node(id).store.get('meanwhile')).toBe('1');
  });
});

describe('A follower that needs what the leader has forgotten', () => {
  /** A follower is down while the others write and compact; then it comes back. */
  function comeBack(snapshot: SnapshotConfig, meanwhile?: Action): { play: Play; id: string } {
    const play = new Play(snapshot).write(2);
    const { id } = play.follower;
    play.act({ type: 'kill', node: id }).write(14, 'a longer value');
    expect(play.leader.base.index).toBeGreaterThan(lastIndexOf(play.node(id)));
    if (meanwhile !== undefined) play.act(meanwhile);
    play.act({ type: 'revive', node: id }).run(8_000);
    return { play, id };
  }

  it('is given its snapshot in chunks, and then the log', () => {
    const { play, id } = comeBack({ everyEntries: 5, keepEntries: 0, chunkBytes: 100 });
    const leader = play.leader.id;
    expect(play.node(id).store.toObject()).toEqual(play.leader.store.toObject());
    expect(lastIndexOf(play.node(id))).toBe(lastIndexOf(play.leader));
    const [installed] = play.all('snapshot-installed');
    expect(installed).toMatchObject({ actor: id, from: leader, keepsLog: false });
    const held = play.all('snapshot-chunk-taken').map(({ heldBytes }) => heldBytes);
    expect(held.slice(0, 3)).toEqual([100, 200, 300]);
    const progress = play.all('snapshot-progress').map(({ heldBytes }) => heldBytes);
    expect(progress.slice(0, 3)).toEqual([0, 100, 200]);
    expect(play.leader.progress[id]).toMatchObject({ state: 'replicate' });
    expect(play.leader.progress[id]?.sending).toBeUndefined();
    expect(play.said()).toMatch(new RegExp(`${leader} sends ${id} bytes 101 to 200 of its snapshot up to index`));
  });

  it('shows, on both sides, how far it has come', () => {
    const play = new Play({ everyEntries: 5, keepEntries: 0, chunkBytes: 60 }).write(2);
    const { id } = play.follower;
    play.act({ type: 'kill', node: id }).write(10);
    play.act({ type: 'revive', node: id });
    while (play.node(id).receiving === undefined) play.run(1);
    play.run(30);
    const { index, heldBytes, totalBytes } = play.node(id).receiving ?? { index: 0, heldBytes: 0, totalBytes: 0 };
    expect(heldBytes).toBeGreaterThan(0);
    expect(heldBytes).toBeLessThan(totalBytes);
    expect(play.leader.progress[id]).toMatchObject({ state: 'snapshot', sending: { index, totalBytes } });
  });

  it('has it in the end even where a third of all messages is lost, and half come twice', () => {
    const rough: Action = { type: 'set-links', links: undefined, quality: { loss: 0.3, duplication: 0.5 } };
    const { play, id } = comeBack({ everyEntries: 5, keepEntries: 0, chunkBytes: 50 }, rough);
    expect(play.all('snapshot-installed').some(({ actor }) => actor === id)).toBe(true);
    expect(play.all('message-ignored').some(({ rule }) => rule === 'snapshot-chunk')).toBe(true);
    play.act({ type: 'set-links', links: undefined, quality: { loss: 0, duplication: 0 } }).run(3_000);
    expect(play.node(id).store.toObject()).toEqual(play.leader.store.toObject());
  });

  it('has its old log back when it dies before the snapshot is on its disk, and gets it anew', () => {
    const play = new Play({ everyEntries: 5, keepEntries: 0 }).write(2);
    const { id } = play.follower;
    play.act({ type: 'kill', node: id }).write(10);
    const before = play.node(id).log.toArray();
    play
      .act({ type: 'set-disk', nodes: [id], latency: { meanMs: 400, spreadMs: 0 } })
      .act({ type: 'revive', node: id });
    while (play.all('snapshot-installed').length === 0) play.run(1);
    expect(play.node(id).log.size).toBe(0);
    expect(play.node(id).durableIndex).toBe(0);
    play.act({ type: 'restart', node: id });
    expect(play.node(id).log.toArray()).toEqual(before);
    play.run(5_000);
    expect(play.node(id).store.toObject()).toEqual(play.leader.store.toObject());
  });
});

describe('A node that starts again', () => {
  it('has its store from its snapshot at once, and the rest from its log', () => {
    const play = new Play({ everyEntries: 5, keepEntries: 1 }).write(12);
    const { id, snapshot, store } = play.follower;
    play.act({ type: 'restart', node: id });
    expect(play.node(id)).toMatchObject({ snapshot, commitIndex: snapshot?.index, lastApplied: snapshot?.index });
    expect(play.node(id).store.size).toBe((snapshot?.index ?? 0) - 1);
    expect(play.said()).toContain(`${id}'s store is what the snapshot up to index ${snapshot?.index} holds: `);
    play.run(1_000);
    expect(play.node(id).store.toObject()).toEqual(store.toObject());
  });

  it('§8 answers a request that was applied before its snapshot as it did then, and applies it no second time', () => {
    const play = new Play().write(3);
    for (const node of play.view.world.nodes) play.act({ type: 'snapshot', node });
    play.run(100);
    const { id } = play.leader;
    const machine = play.simulator.nodes.get(id)?.store;
    const before = machine?.sessionInfo;
    play.act({ type: 'restart', node: id }).run(1_500);
    expect(play.simulator.nodes.get(id)?.store.sessionInfo).toEqual(before);
  });

  it('stops with one sentence where its snapshot cannot be read', () => {
    const play = new Play().write(2);
    const { id } = play.follower;
    play.act({ type: 'kill', node: id });
    const disk = play.simulator.disks.get(id);
    const { term, entries } = disk?.load() ?? { term: 0, entries: [] };
    const place = { index: entries.length, term };
    const snapshot = { ...place, configuration: configurationOf(['n1', 'n2', 'n3']), data: new Uint8Array(9) };
    disk?.write({
      term,
      votedFor: undefined,
      truncateFrom: undefined,
      entries: [],
      snapshot,
      compactTo: place,
      atUs: 1,
    });
    play.act({ type: 'revive', node: id }).run(1_000);
    const failure = play.simulator.nodes.get(id)?.failure;
    expect(failure?.error.message).toBe(
      `${id} stops, because the snapshot up to entry ${place.index} cannot be read: it is cut off.`,
    );
    expect(play.simulator.nodes.get(id)?.nextDueUs()).toBe(Infinity);
  });
});
