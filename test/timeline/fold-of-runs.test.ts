import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Recovered } from '../../src/host/ports.ts';
import { playRun, Simulator } from '../../src/sim/simulator.ts';
import { fold, initialView, isFlying } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { Run } from '../../src/timeline/run.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import type { NodeView, View } from '../../src/timeline/view.ts';
import { anyRun, withLies } from '../support/random-run.ts';
import { plainView } from './plain-view.ts';

// Many runs on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

/** Throws unless what the view says is on that node's disk is there, entry for entry. */
function compareDisk(node: NodeView, held: Recovered): void {
  const { base, log, snapshot, term, votedFor } = node.disk;
  // The simulator copies no entry, so the very same objects must stand in both.
  const same = log.size === held.entries.length && log.every((entry, position) => entry === held.entries[position]);
  const sameSnapshot = snapshot?.index === held.snapshot?.index && snapshot?.bytes === held.snapshot?.data.length;
  const begins = base.index === (held.base?.index ?? 0) && base.term === (held.base?.term ?? 0);
  if (!same || !sameSnapshot || !begins || term !== held.term || votedFor !== held.votedFor) {
    throw new Error(`${node.id}'s disk holds ${JSON.stringify(held)}, its view says ${JSON.stringify(node.disk)}`);
  }
}

function nodeOf(view: View, id: string): NodeView {
  const node = view.nodes[id];
  if (node === undefined) throw new Error(`${id} is not in the view`);
  return node;
}

/** Plays a run and shows the view, and the simulator behind it, after every step. */
function watch(run: Run, look: (view: View, simulator: Simulator) => void): void {
  let view = initialView(run.config);
  const afterStep = (simulator: Simulator): void => {
    view = fold(view, simulator.takeEvents());
    look(view, simulator);
  };
  const simulator = new Simulator({ seed: run.seed, config: run.config, afterStep });
  for (const { atUs, action } of run.actions) {
    simulator.advance(atUs);
    simulator.act(action);
  }
  simulator.advance(run.untilUs);
}

describe('The fold of a random run', () => {
  it('knows, of nodes that run and of nodes that are down, exactly what their disks hold', () => {
    let down = 0;
    fc.assert(
      fc.property(fc.oneof(anyRun(), anyRun().map(withLies)), (run) => {
        watch(run, (view, simulator) => {
          for (const [id, disk] of simulator.disks) {
            const node = nodeOf(view, id);
            // What is damaged is not for the view to know.
            if (Object.values(view.world.machines).some((one) => one.drive === id && one.damage.length > 0)) continue;
            const held = disk.load();
            compareDisk(node, held);
            if (simulator.nodes.has(id)) continue;
            const { term, votedFor, log, role, commitIndex } = node;
            const only = term === held.term && votedFor === held.votedFor && log.size === held.entries.length;
            if (!only || role !== 'follower' || commitIndex !== 0) throw new Error(`${id} kept more than its disk`);
            down += 1;
          }
        });
      }),
      { numRuns: 40 },
    );
    expect(down).toBeGreaterThan(1_000);
  });

  it('knows of the old tail that comes back when a deposed leader dies before its removal is durable', () => {
    let view = initialView(defaultRunConfig);
    const compare = (simulator: Simulator): void => {
      view = fold(view, simulator.takeEvents());
      for (const [id, disk] of simulator.disks) compareDisk(nodeOf(view, id), disk.load());
    };
    const simulator = new Simulator({ seed: 5, config: defaultRunConfig, afterStep: compare });
    const write = (requestId: string): void => {
      const operation = { type: 'set', key: 'x', value: requestId } as const;
      simulator.act({ type: 'request', client: 'c1', requestId, operation });
    };
    simulator.advance(1_000_000);
    const deposed = view.world.nodes.find((id) => nodeOf(view, id).role === 'leader') ?? 'nobody';
    write('r1');
    simulator.advance(1_500_000);
    simulator.act({ type: 'isolate', node: deposed });
    write('r2');
    simulator.advance(3_000_000);
    const lost = nodeOf(view, deposed).log.last();
    expect(lost?.term).toBe(1);
    if (lost === undefined) return;
    simulator.act({ type: 'set-disk', nodes: [deposed], latency: { meanMs: 1_000, spreadMs: 0 } });
    simulator.act({ type: 'heal', links: undefined });
    for (let atUs = 3_000_000; nodeOf(view, deposed).log.includes(lost) && atUs < 8_000_000; atUs += 1_000) {
      simulator.advance(atUs);
    }
    expect(nodeOf(view, deposed).disk.log.last()).toBe(lost);
    expect(nodeOf(view, deposed).overwritten.last()?.entry).toBe(lost);
    simulator.act({ type: 'kill', node: deposed });
    expect(nodeOf(view, deposed).log.last()).toBe(lost);
    simulator.act({ type: 'revive', node: deposed });
    expect(nodeOf(view, deposed).log.last()).toBe(lost);
    simulator.advance(20_000_000);
    expect(nodeOf(view, deposed).log.last()?.term).toBeGreaterThan(1);
  });

  it('lists every message that is received, as on its way until then, and no other beyond its moment', () => {
    let received = 0;
    fc.assert(
      fc.property(anyRun(), (run) => {
        let view = initialView(run.config);
        for (const event of playRun(run)) {
          if (event.event.type === 'message-received') {
            const { messageId, from } = event.event;
            const message = view.messages.get(messageId);
            const known = message?.fate === 'sent' && message.to === event.actor && message.from === from;
            if (!known) throw new Error(`${messageId} is received, but the view has ${JSON.stringify(message)}`);
            received += 1;
          }
          view = fold(view, [event]);
        }
        const overdue = view.messages.filter(
          (message) => message.dueUs < view.atUs && isFlying(message, view, view.atUs),
        );
        for (const { to } of overdue.values()) {
          const { status, handling } = view.world.machines[to] ?? {};
          expect(status === 'up' && handling !== undefined && handling.meanMs > 0 ? 'paused' : status).toBe('paused');
        }
      }),
      { numRuns: 25 },
    );
    expect(received).toBeGreaterThan(2_000);
  });

  it('is the same however the timeline is cut into batches', () => {
    fc.assert(
      fc.property(anyRun(), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (run, sizes) => {
        const events = playRun(run);
        let view = initialView(run.config);
        for (let from = 0, turn = 0; from < events.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          view = fold(view, events.slice(from, from + size));
          from += size;
        }
        expect(plainView(view)).toEqual(plainView(fold(initialView(run.config), events)));
      }),
      { numRuns: 15 },
    );
  });

  it('is what a timeline shows after any event that it holds, wherever it is asked and whatever it has dropped', () => {
    fc.assert(
      fc.property(
        anyRun(),
        fc.integer({ min: 2, max: 400 }),
        fc.integer({ min: 1, max: 90 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
        (run, maxEvents, batch, looks) => {
          const events = playRun(run);
          const timeline = new Timeline(run.config, { maxEvents });
          for (let from = 0; from < events.length; from += batch) timeline.append(events.slice(from, from + batch));
          expect(timeline.length).toBe(events.length);
          expect(timeline.length - timeline.first).toBeLessThanOrEqual(maxEvents);
          for (const look of looks) {
            const index = timeline.first - 1 + Math.floor(look * (timeline.length - timeline.first + 1));
            const scratch = fold(initialView(run.config), events.slice(0, index + 1));
            expect(plainView(timeline.viewAfter(index))).toEqual(plainView(scratch));
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});
