import type { Operation } from '../../kv/command.ts';

const modes: ReadonlySet<unknown> = new Set(['log', 'read-index', 'lease', 'follower', 'stale']);

/** What is wrong with the kinds of an operation's fields, as one sentence: no compiler tells a program in JavaScript. */
export function argumentFault(operation: Operation): string | undefined {
  for (const [name, value] of Object.entries<unknown>(operation)) {
    if (name === 'mode') {
      if (!modes.has(value)) return `The read mode must be one of ${[...modes].join(', ')}, but is ${shown(value)}.`;
    } else if (typeof value !== 'string' && !(name === 'expected' && value === undefined)) {
      return `The ${name} must be a text, but is ${shown(value)}.`;
    }
  }
  return undefined;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 40);
}
