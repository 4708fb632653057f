import { MAX_SESSIONS } from '../../kv/limits.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Evidence, Finding } from './breach.ts';
import { MAX_REMEMBERED } from './facts.ts';
import type { Invariant } from './invariant.ts';

interface Done {
  readonly index: number;
  readonly at: Evidence;
}

/** §8, thesis 6.3: a command takes effect at one index only, whichever node applies it, and however often it stands in the log. */
export class SessionExactlyOnce implements Invariant {
  readonly name = 'session-exactly-once';
  readonly sees = ['applied'] as const;
  exercised = 0;
  /** By client, session and number in it. */
  readonly #done = new BoundedMap<string, Done>(MAX_REMEMBERED);
  readonly #clients = new Set<string>();

  see(at: Evidence): Finding | undefined {
    const { actor, event } = at.event;
    if (event.type !== 'applied' || event.repeat || event.entry.type !== 'command') return undefined;
    const { entry, result } = event;
    if (result?.type !== 'ok' && result?.type !== 'mismatch') return undefined;
    const command = namedCommand(entry.command);
    // With more clients than the store remembers, one may be forgotten and be answered anew.
    if (command === undefined || this.#clients.size > MAX_SESSIONS) return undefined;
    this.exercised += 1;
    this.#clients.add(command.client);
    const { client, session, sequence } = command;
    const key = `${client}/${session ?? ''}/${sequence}`;
    const done = this.#done.get(key);
    if (done === undefined) {
      this.#done.set(key, { index: entry.index, at });
      return undefined;
    }
    if (done.index === entry.index) return undefined;
    const other = done.at.event;
    return {
      sentence: `Command ${sequence} of ${client} took effect at entry ${done.index} on ${other.actor}, and takes effect again at entry ${entry.index} on ${actor}.`,
      earlier: done.at,
      nodes: [other.actor, actor],
      entries: other.event.type === 'applied' ? [other.event.entry, entry] : [entry],
    };
  }
}

interface NamedCommand {
  readonly client: string;
  readonly session: number | undefined;
  readonly sequence: number;
}

function namedCommand(command: unknown): NamedCommand | undefined {
  if (typeof command !== 'object' || command === null || !('client' in command) || !('sequence' in command)) {
    return undefined;
  }
  const { client, sequence } = command;
  if (typeof client !== 'string' || typeof sequence !== 'number') return undefined;
  const session = 'session' in command && typeof command.session === 'number' ? command.session : undefined;
  return { client, session, sequence };
}
