import { describe, expect, it } from 'vitest';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { wirePlayground } from '../../src/ui/playground.ts';
import { createFrameScheduler } from '../../src/ui/scheduler.ts';

/** A playground over the simulator, whose frames come when the test says so. */
function open() {
  const control = createSimulatedCluster({ seed: 3 });
  const asked: FrameRequestCallback[] = [];
  const scheduler = createFrameScheduler((callback) => asked.push(callback));
  const playground = wirePlayground(control, scheduler);
  let changes = 0;
  playground.store.subscribe(() => {
    changes += 1;
  });
  return {
    control,
    ...playground,
    frame: () => asked.shift()?.(0),
    changes: () => changes,
  };
}

describe('the playground', () => {
  it('shows on a frame all that the cluster told since the last one, as one change', async () => {
    const { control, store, frame, changes } = open();
    await control.advanceTo(400);
    const before = changes();
    expect(store.getState().view.eventCount).toBe(0);
    frame();
    expect(changes()).toBe(before + 1);
    const { view, timeline, shownUs, revision } = store.getState();
    expect(view.eventCount).toBe((await control.events()).length);
    expect(view).toBe(timeline.view);
    expect(shownUs).toBe(400_000);
    expect(revision).toBeGreaterThan(0);
  });

  it('does not change while nothing is told', async () => {
    const { control, frame, changes } = open();
    await control.advanceTo(100);
    frame();
    const before = changes();
    frame();
    frame();
    expect(changes()).toBe(before);
  });

  it('rewound shows the moment after that event, whatever happens live, until it goes back', async () => {
    const { control, store, hand, frame } = open();
    await control.advanceTo(400);
    frame();
    hand.rewind(9);
    const past = store.getState();
    expect(past.view.eventCount).toBe(10);
    expect(past.shownUs).toBe(past.timeline.at(9)?.atUs);
    await control.advanceTo(800);
    frame();
    expect(store.getState().view).toBe(past.view);
    expect(store.getState().timeline.length).toBeGreaterThan(past.view.eventCount);
    hand.rewind(undefined);
    expect(store.getState().view).toBe(store.getState().timeline.view);
    expect(store.getState().shownUs).toBe(800_000);
  });

  it('forgets the old timeline, cursor and selection when a new cluster starts', async () => {
    const { control, store, hand, frame } = open();
    await control.advanceTo(400);
    frame();
    hand.rewind(3);
    hand.select({ type: 'node', node: 'n5' });
    await control.reset({ nodes: 3, seed: 9 });
    frame();
    const { seed, config, cursor, selection, view } = store.getState();
    expect({ seed, nodes: config.nodes, cursor, selection }).toEqual({
      seed: 9,
      nodes: 3,
      cursor: undefined,
      selection: undefined,
    });
    expect(view.world.nodes).toEqual(['n1', 'n2', 'n3']);
  });

  it('says in a notice what cannot be done, once, and forgets it when dismissed', async () => {
    const { control, store, hand } = open();
    await control.kill('n2');
    hand.act({ type: 'kill', node: 'n2' });
    hand.act({ type: 'kill', node: 'n2' });
    await control.status();
    await Promise.resolve();
    const { notices } = store.getState();
    expect(notices).toHaveLength(1);
    const [notice] = notices;
    expect(notice?.level).toBe('problem');
    expect(notice?.message).toMatch(/n2/);
    hand.dismiss(notice?.id ?? -1);
    expect(store.getState().notices).toEqual([]);
  });

  it('names what undo would undo, and nothing once it is undone', async () => {
    const { control, store, frame } = open();
    await control.isolate('n4');
    frame();
    expect(store.getState().clock.undoable).toEqual({ type: 'isolate', node: 'n4' });
    await control.undo();
    await control.advanceTo(5);
    frame();
    expect(store.getState().clock.undoable).toBeUndefined();
  });
});

describe('the frame scheduler', () => {
  it('reads before it draws, in one frame, and asks for no frame without a task', () => {
    const asked: FrameRequestCallback[] = [];
    const scheduler = createFrameScheduler((callback) => asked.push(callback));
    expect(asked).toHaveLength(0);
    const order: string[] = [];
    const stopDrawing = scheduler.add('draw', () => order.push('draw'));
    const stopReading = scheduler.add('read', () => order.push('read'));
    expect(asked).toHaveLength(1);
    asked.shift()?.(16);
    expect(order).toEqual(['read', 'draw']);
    stopDrawing();
    stopReading();
    asked.shift()?.(32);
    expect(order).toEqual(['read', 'draw']);
    expect(asked).toHaveLength(0);
  });
});
