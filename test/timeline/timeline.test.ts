import { describe, expect, it, vi } from 'vitest';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { MAX_EVENTS, Timeline } from '../../src/timeline/timeline.ts';
import { plainView } from './plain-view.ts';
import { put } from './samples.ts';

vi.setConfig({ testTimeout: 30_000 });

/** Event i happens at i * 10 us and appends entry i + 1 to n1's log. */
function events(from: number, to: number): TimelineEvent[] {
  return Array.from({ length: to - from }, (_, position) => {
    const index = from + position;
    return {
      atUs: index * 10,
      actor: 'n1',
      event: { type: 'entries-appended', entries: [put(index + 1, 1)], from: undefined },
    };
  });
}

function logSize(timeline: Timeline, index: number): number | undefined {
  return timeline.viewAfter(index).nodes['n1']?.log.size;
}

describe('A timeline', () => {
  it('begins empty, at the initial view', () => {
    const timeline = new Timeline(defaultRunConfig);
    expect([timeline.first, timeline.length, timeline.dropped, timeline.revision]).toEqual([0, 0, 0, 0]);
    expect(plainView(timeline.view)).toEqual(plainView(initialView(defaultRunConfig)));
    expect(timeline.at(0)).toBeUndefined();
    expect(timeline.slice()).toEqual([]);
    expect(timeline.indexAt(5)).toBe(-1);
    expect(timeline.viewAfter(-1)).toBe(timeline.view);
  });

  it('gives back its events, and the view after any of them', () => {
    const all = events(0, 5_000);
    const timeline = new Timeline(defaultRunConfig);
    timeline.append(all.slice(0, 1_500));
    timeline.append([]);
    timeline.append(all.slice(1_500));
    expect([timeline.first, timeline.length, timeline.revision]).toEqual([0, 5_000, 2]);
    expect(timeline.slice()).toEqual(all);
    expect(timeline.slice(2_040, 2_060)).toEqual(all.slice(2_040, 2_060));
    expect(timeline.slice(4_990, 9_999)).toEqual(all.slice(4_990));
    for (const index of [0, 2_047, 2_048, 4_095, 4_096, 4_998, 17, 18, 16]) {
      expect(timeline.at(index)).toBe(all[index]);
      expect(logSize(timeline, index)).toBe(index + 1);
    }
    expect(timeline.viewAfter(4_999)).toBe(timeline.view);
    expect(timeline.viewAfter(99_999)).toBe(timeline.view);
    expect(logSize(timeline, -1)).toBe(0);
  });

  it('drops its oldest events past its bound, and still shows all that it holds', () => {
    const all = events(0, 1_000);
    const timeline = new Timeline(defaultRunConfig, { maxEvents: 100 });
    for (let from = 0; from < 1_000; from += 37) {
      timeline.append(all.slice(from, from + 37));
      const held = timeline.length - timeline.first;
      expect(held).toBeLessThanOrEqual(100);
      expect(held).toBeGreaterThanOrEqual(Math.min(timeline.length, 50));
    }
    expect([timeline.length, timeline.dropped]).toEqual([1_000, timeline.first]);
    expect(timeline.first).toBeGreaterThanOrEqual(900);
    expect(timeline.at(timeline.first - 1)).toBeUndefined();
    expect(timeline.at(timeline.first)).toBe(all[timeline.first]);
    expect(timeline.slice(0)).toEqual(all.slice(timeline.first));
    for (let index = timeline.first - 1; index < 1_000; index += 1) expect(logSize(timeline, index)).toBe(index + 1);
    // What lies before can no longer be shown: the earliest view stands for it.
    expect(logSize(timeline, 3)).toBe(timeline.first);
  });

  it('holds one batch that is larger than its bound as far as it may', () => {
    const timeline = new Timeline(defaultRunConfig, { maxEvents: 100 });
    timeline.append(events(0, 5_000));
    expect(timeline.length).toBe(5_000);
    expect(timeline.length - timeline.first).toBeLessThanOrEqual(100);
    expect(timeline.view.eventCount).toBe(5_000);
  });

  it(`holds ${MAX_EVENTS} events unless it is told otherwise`, () => {
    const timeline = new Timeline({ ...defaultRunConfig, nodes: 1 });
    const tick = (atUs: number): TimelineEvent => ({
      atUs,
      actor: 'n1',
      event: { type: 'timer-set', deadlineUs: atUs },
    });
    const batch = 20_000;
    for (let from = 0; from < MAX_EVENTS + batch; from += batch) {
      timeline.append(Array.from({ length: batch }, (_, position) => tick(from + position)));
      expect(timeline.length - timeline.first).toBeLessThanOrEqual(MAX_EVENTS);
    }
    expect(timeline.length).toBe(MAX_EVENTS + batch);
    expect(timeline.dropped).toBeGreaterThanOrEqual(batch);
    expect(timeline.dropped).toBeLessThan(batch + 2_048);
  });

  it('finds the last event at or before a moment', () => {
    const at = (atUs: number): TimelineEvent => ({ atUs, actor: 'n1', event: { type: 'timer-set', deadlineUs: 0 } });
    const timeline = new Timeline(defaultRunConfig, { maxEvents: 4 });
    timeline.append([at(1), at(5), at(5), at(9)]);
    expect([0, 1, 4, 5, 8, 9, 100].map((moment) => timeline.indexAt(moment))).toEqual([-1, 0, 0, 2, 2, 3, 3]);
    timeline.append([at(10), at(11)]);
    expect(timeline.first).toBe(2);
    expect([0, 5, 9, 10].map((moment) => timeline.indexAt(moment))).toEqual([1, 2, 3, 4]);
  });

  it('gives the same views when a person steps forth and back as when it is asked once', () => {
    const all = events(0, 300);
    const timeline = new Timeline(defaultRunConfig, { maxEvents: 300 });
    timeline.append(all);
    for (const index of [10, 11, 12, 200, 199, 201, 10, 299, 149, 150, 151]) {
      const scratch = fold(initialView(defaultRunConfig), all.slice(0, index + 1));
      expect(plainView(timeline.viewAfter(index))).toEqual(plainView(scratch));
    }
  });
});
