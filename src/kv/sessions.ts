import type { KvCommand } from './command.ts';
import { MAX_SESSIONS } from './limits.ts';
import { Session, type SavedSession } from './session.ts';

/**
 * What the store remembers of all its clients. It depends on nothing but the entries, so that all replicas forget the
 * same session at the same entry.
 *
 * Without an expiry a session begins with its client's first command, and at most {@link MAX_SESSIONS} are remembered. With
 * one, a client opens its session first (thesis 6.3), and one that has not been used for so long, by the times that
 * leaders wrote into the log, is forgotten: a command that comes after that is refused, so nothing is ever done twice.
 */
export class Sessions {
  readonly #expiryUs: number | undefined;
  /** Those that were used longest ago come first. */
  readonly #sessions = new Map<string, Session>();
  #clockUs = 0;

  constructor(expiryUs: number | undefined) {
    this.#expiryUs = expiryUs;
  }

  /** The latest time that stands in the log: leaders' clocks differ, and it never goes back. */
  get clockUs(): number {
    return this.#clockUs;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** How many results they hold. */
  get results(): number {
    let results = 0;
    for (const session of this.#sessions.values()) results += session.size;
    return results;
  }

  /** An entry says that it is so late; sessions that have not been used for too long are forgotten. */
  advanceClock(atUs: number | undefined): void {
    if (atUs === undefined || atUs <= this.#clockUs) return;
    this.#clockUs = atUs;
    const expiryUs = this.#expiryUs ?? Infinity;
    for (const [name, { lastUsedUs }] of this.#sessions) {
      if (lastUsedUs + expiryUs > atUs) break;
      this.#sessions.delete(name);
    }
  }

  /** A session begins with the entry at `index`. */
  open(client: string, index: number): void {
    this.#add(new Session(client, index), index);
  }

  /** The session that a command belongs to, used by the entry at `index`; undefined if it was never opened or has expired. */
  use(command: KvCommand, index: number): Session | undefined {
    const { client } = command;
    const opened = this.#expiryUs === undefined ? undefined : (command.session ?? 0);
    const session = this.#sessions.get(nameOf(client, opened));
    if (session === undefined) {
      return opened === undefined ? this.#add(new Session(client, undefined), index) : undefined;
    }
    this.#sessions.delete(nameOf(client, opened));
    return this.#put(session, index);
  }

  save(): readonly SavedSession[] {
    return Array.from(this.#sessions.values(), (session) => session.save());
  }

  restore(saved: readonly SavedSession[], clockUs: number): void {
    this.#clockUs = clockUs;
    for (const one of saved) this.#sessions.set(nameOf(one.client, one.opened), Session.restore(one));
  }

  #add(session: Session, index: number): Session {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    return this.#put(session, index);
  }

  #put(session: Session, index: number): Session {
    session.lastUsed = index;
    session.lastUsedUs = this.#clockUs;
    this.#sessions.set(nameOf(session.client, session.opened), session);
    return session;
  }
}

function nameOf(client: string, opened: number | undefined): string {
  return opened === undefined ? client : `${opened} ${client}`;
}
