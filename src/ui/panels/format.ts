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

/** A count with thousands apart: `12 345`. */
export function countOf(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, '\u202F');
}

/** `1 key`, `2 keys`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countOf(count)} ${count === 1 ? one : many}`;
}

/** `n1`, `n1 and n2`, `n1, n2 and n3`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
