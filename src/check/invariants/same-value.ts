import type { Entry } from '../../raft/entry.ts';

/** Whether two entries are the same in all that they hold. What came by a message in one thread is the very same object. */
export function isSameEntry(one: Entry, other: Entry): boolean {
  if (one === other) return true;
  return one.index === other.index && one.term === other.term && one.type === other.type && isSameValue(one, other);
}

/** Whether two values of plain data are the same. What is undefined counts as left out. */
function isSameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [some, others] = [Object.entries(one), new Map(Object.entries(other))];
  for (const [name, value] of some) if (!isSameValue(value, others.get(name))) return false;
  const names = new Set(some.map(([name]) => name));
  for (const [name, value] of others) if (value !== undefined && !names.has(name)) return false;
  return true;
}
