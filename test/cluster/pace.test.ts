import { describe, expect, it } from 'vitest';
import { FrameClock, MAX_FRAME_MS, MAX_HEAD_START_MS } from '../../src/cluster/frame-clock.ts';
import { DEFAULT_SPEED } from '../../src/cluster/speed.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { Pace, PACE_WINDOW_MS } from '../../src/cluster/pace.ts';

describe('The pace', () => {
  it('is all of what was wished for as long as nothing was', () => {
    expect(new Pace().value).toBe(1);
  });

  it('is the share of what was wished for that was managed', () => {
    const pace = new Pace();
    for (let frame = 0; frame < 100; frame += 1) pace.note(10, frame % 2);
    expect(pace.value).toBeCloseTo(0.5, 1);
  });

  it('knows nothing any more of what lies a whole window back', () => {
    const pace = new Pace();
    pace.note(10 * PACE_WINDOW_MS, 0);
    pace.note(PACE_WINDOW_MS - 1, 1);
    expect(pace.value).toBeLessThan(1);
    pace.note(PACE_WINDOW_MS, 1);
    expect(pace.value).toBe(1);
  });

  it('forgets a long standstill as fast as a short one: its memory does not grow', () => {
    const short = new Pace();
    const long = new Pace();
    for (let frame = 0; frame < 1_000; frame += 1) short.note(16, 0);
    for (let frame = 0; frame < 100_000; frame += 1) long.note(16, 0);
    for (let frame = 0; frame < 60; frame += 1) {
      short.note(16, 1);
      long.note(16, 1);
    }
    expect(long.value).toBeCloseTo(short.value, 6);
    expect(long.value).toBeGreaterThan(0.6);
  });
});

describe('The clock of the frames', () => {
  it('owes a page that drew nothing for a while no more than its longest frame', () => {
    const clock = new FrameClock(true);
    clock.frame(0);
    clock.frame(MAX_FRAME_MS - 1);
    expect(clock.takeOwed()?.wallMs).toBe(MAX_FRAME_MS - 1);
    clock.frame(60_000);
    expect(clock.takeOwed()?.wallMs).toBe(MAX_FRAME_MS);
    expect(clock.takeOwed()).toBeUndefined();
  });

  it('counts from when the page was opened, though not more than can be missed, and once', () => {
    const clock = new FrameClock(true);
    clock.countFrom(0);
    clock.frame(450);
    expect(clock.takeOwed()?.wallMs).toBe(450);
    clock.frame(60_000);
    expect(clock.takeOwed()?.wallMs).toBe(MAX_FRAME_MS);
    const late = new FrameClock(true);
    late.countFrom(0);
    late.frame(30_000);
    const { virtualUs } = late.takeOwed() ?? { virtualUs: 0 };
    expect(virtualUs).toBe(MAX_HEAD_START_MS * 1_000 * DEFAULT_SPEED);
    expect(virtualUs).toBeLessThan(defaultRunConfig.electionTimeoutMs.min * 1_000);
  });

  it('has no head start at another speed, nor while it stands still', () => {
    const fast = new FrameClock(true);
    fast.countFrom(0);
    fast.setSpeed(20);
    fast.frame(900);
    expect(fast.takeOwed()?.wallMs).toBe(MAX_FRAME_MS);
    const paused = new FrameClock(true);
    paused.countFrom(0);
    paused.pause();
    paused.frame(900);
    expect(paused.takeOwed()).toBeUndefined();
  });

  it('owes nothing for the time that it stood still', () => {
    const clock = new FrameClock(false);
    clock.frame(0);
    clock.frame(50);
    clock.playing = true;
    expect(clock.takeOwed()).toBeUndefined();
    clock.frame(66);
    expect(clock.takeOwed()?.wallMs).toBe(16);
  });
});
