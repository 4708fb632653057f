/** Virtual time per real time: the slowest and the fastest that the clock can be asked for. */
export const MIN_SPEED = 0.001;
export const MAX_SPEED = 20;

/** At the start: a message takes about a fifth of a second, an election timeout nearly two. */
export const DEFAULT_SPEED = 1 / 8;

/** A speed as it is read: `1/10 of real time`, `real time`, `20 times real time`. */
export function speedInWords(timesRealTime: number): string {
  if (Math.abs(timesRealTime - 1) < 0.005) return 'real time';
  if (timesRealTime > 1) return `${Number(timesRealTime.toPrecision(2))} times real time`;
  return `1/${Number((1 / timesRealTime).toPrecision(2))} of real time`;
}
