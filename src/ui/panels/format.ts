/** A virtual moment, in seconds to the millisecond: `12.345`. */
export function secondsOf(us: number): string {
  return (us / 1_000_000).toFixed(3);
}

/** A virtual duration as a person reads it: `0.4 ms`, `47 ms`, `1.25 s`. */
export function durationOf(us: number): string {
  if (us < 10_000) return `${Number((us / 1_000).toFixed(1))} ms`;
  if (us < 1_000_000) return `${Math.round(us / 1_000)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}
