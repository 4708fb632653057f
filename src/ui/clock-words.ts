import type { ClockStatus } from '../cluster/cluster-control.ts';
import { MAX_SPEED, MIN_SPEED } from '../cluster/speed.ts';

/** Below this the clock says that it runs slower than asked. */
const NOTICEABLE_PACE = 0.9;

/** Parts of the speed slider; its ends are 1/1000 and 20 times real time, evenly spaced in powers of ten. */
export const SPEED_STEPS = 430;

const logLeast = Math.log10(MIN_SPEED);
const logRange = Math.log10(MAX_SPEED) - logLeast;
/** Speeds that the slider snaps to when it is near. */
const round = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20];
const SNAP_STEPS = 8;

export function speedToStep(speed: number): number {
  return Math.round(((Math.log10(speed) - logLeast) / logRange) * SPEED_STEPS);
}

/** The speed at a place of the slider: a round one where one is near. */
export function stepToSpeed(step: number): number {
  const near = round.find((speed) => Math.abs(speedToStep(speed) - step) <= SNAP_STEPS);
  if (near !== undefined) return near;
  const speed = 10 ** (logLeast + (step / SPEED_STEPS) * logRange);
  return Math.min(MAX_SPEED, Math.max(MIN_SPEED, Number(speed.toPrecision(2))));
}

/** The round speed after the present one, in either direction. */
export function neighbourSpeed(speed: number, direction: 1 | -1): number {
  const beyond = round.filter((one) => (direction === 1 ? one > speed * 1.001 : one < speed * 0.999));
  const next = direction === 1 ? beyond[0] : beyond.at(-1);
  return next ?? (direction === 1 ? MAX_SPEED : MIN_SPEED);
}

/** What there is to say of the clock just now, as one short phrase; empty where all is as wished. */
export function clockPhrase(clock: ClockStatus, rewound: boolean): string {
  const { busy, progress } = clock;
  if (busy !== undefined) return progress === undefined ? `${busy}…` : `${busy}: ${Math.round(progress.share * 100)} %`;
  if (rewound) return 'shown as it was';
  if (clock.real !== undefined) return realPhrase(clock, clock.real.behindUs);
  if (clock.replay !== undefined) {
    const { actionsLeft } = clock.replay;
    if (actionsLeft === 0) return 'replaying: what the last action leads to';
    return `replaying: ${actionsLeft} ${actionsLeft === 1 ? 'action' : 'actions'} to come`;
  }
  if (clock.playing && clock.pace < NOTICEABLE_PACE) {
    return `slower than asked: this machine manages ${Number((clock.pace * clock.speed).toPrecision(1))}×`;
  }
  return clock.playing ? '' : 'paused';
}

/** A real cluster goes on whatever is shown of it. */
function realPhrase({ playing, speed }: ClockStatus, behindUs: number): string {
  const seconds = Math.round(behindUs / 1_000_000);
  if (!playing) return 'the picture stands still; the cluster goes on';
  return speed < 1 ? `in slow motion, ${seconds} s behind the cluster` : 'live, in real time';
}
