/**
 * A machine's own clock, which never goes back: at the virtual moment `sinceUs` it read `readsUs`, and since then it runs
 * `driftPpm` millionths fast (or slow, below 0). All in whole microseconds.
 */
export interface NodeClock {
  readonly driftPpm: number;
  readonly sinceUs: number;
  readonly readsUs: number;
}

/** The most that a clock may drift either way, in millionths. */
export const MAX_DRIFT_PPM = 500_000;
/** The furthest that a clock may jump ahead at once, virtual milliseconds. */
export const MAX_JUMP_MS = 600_000;

const MILLION = 1_000_000;

/** A clock that shows the virtual time itself. */
export const trueClock: NodeClock = { driftPpm: 0, sinceUs: 0, readsUs: 0 };

/** What the clock reads at a virtual moment. */
export function clockReading({ driftPpm, sinceUs, readsUs }: NodeClock, atUs: number): number {
  const elapsedUs = atUs - sinceUs;
  if (driftPpm === 0) return readsUs + elapsedUs;
  // In two parts, so that no product grows past what numbers hold exactly.
  const seconds = Math.floor(elapsedUs / MILLION);
  const rate = MILLION + driftPpm;
  return readsUs + seconds * rate + Math.floor(((elapsedUs - seconds * MILLION) * rate) / MILLION);
}

/** The first virtual moment at which the clock reads at least that; Infinity for Infinity. */
export function momentOfReading({ driftPpm, sinceUs, readsUs }: NodeClock, readingUs: number): number {
  const elapsedUs = readingUs - readsUs;
  if (driftPpm === 0 || readingUs === Infinity) return sinceUs + elapsedUs;
  const rate = MILLION + driftPpm;
  const seconds = Math.floor(elapsedUs / rate);
  return sinceUs + seconds * MILLION + Math.ceil(((elapsedUs - seconds * rate) * MILLION) / rate);
}

/** The clock from then on at another rate; the same one if that is its rate already. */
export function clockWithDrift(clock: NodeClock, driftPpm: number, atUs: number): NodeClock {
  if (clock.driftPpm === driftPpm) return clock;
  return { driftPpm, sinceUs: atUs, readsUs: clockReading(clock, atUs) };
}

/** The clock as it jumps ahead. */
export function clockAhead(clock: NodeClock, byUs: number, atUs: number): NodeClock {
  return { driftPpm: clock.driftPpm, sinceUs: atUs, readsUs: clockReading(clock, atUs) + byUs };
}
