/**
 * Microseconds since 1970, as the process found them when it began, and from then on by a clock that nobody can put back or
 * ahead. So the moments of several processes can be compared as well as their machines' clocks can, and no election hangs
 * on a wall clock.
 */
export function monotonicNowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000);
}
