import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Entry } from '../raft/entry.ts';
import { MAX_VALUE_BYTES, type KvCommand, type Operation, type OperationResult } from './command.ts';
import { checkOperation, fits, parseCommand, parseOpenSession, SESSION_WINDOW, utf8Length } from './limits.ts';
import type { SavedSession } from './session.ts';
import { Sessions } from './sessions.ts';
import { paperStoreRules, type StoreRules } from './store-rules.ts';

/** What one entry of the map becomes; a `value` of undefined deletes. */
export interface Change {
  readonly key: string;
  readonly value: string | undefined;
}

/** What applying an entry came to. */
export interface Applied {
  /** The answer for the client; undefined for an entry that is no command. */
  readonly result: OperationResult | undefined;
  /** What it did to the map; undefined for a read, a repeat, a no-op, a refusal, and a deletion of what was not there. */
  readonly change: Change | undefined;
  /** The command had been applied before: nothing changed, and `result` is what it came to then. */
  readonly repeat: boolean;
}

/** A whole state machine as plain data. The order within is part of the state. */
export interface SavedStateMachine {
  readonly lastApplied: number;
  /** The log's clock; left out where it never told the time. */
  readonly clockUs?: number;
  readonly entries: readonly (readonly [key: string, value: string])[];
  readonly sessions: readonly SavedSession[];
}

/** A whole state machine as it stood at one moment: the value of `keys[i]` is `values[i]`. */
export interface FrozenStore {
  readonly lastApplied: number;
  readonly clockUs?: number;
  readonly keys: readonly string[];
  readonly values: readonly string[];
  readonly sessions: readonly SavedSession[];
}

/** How the store deals with its clients; the same on every replica. */
export interface StoreOptions {
  /** How long a session may go unused, microseconds (thesis 6.3); left out: sessions open by themselves and never expire. */
  readonly sessionExpiryUs?: number | undefined;
  /** Left out: the paper's. */
  readonly rules?: StoreRules;
}

const NO_OP: Applied = { result: undefined, change: undefined, repeat: false };

/**
 * The replicated store: a map, and what it remembers of its clients so that a command which stands in the log twice is
 * applied once (§8, thesis 6.3). It depends on nothing but the entries, so every node that applies the same log is in the
 * same state. It never throws, whatever the log holds.
 *
 * A session begins with a client's first command. A command whose sequence number lies below what the session has
 * forgotten is refused without effect: its client has promised not to wait for it any more, so it is a stray copy. At
 * most {@link MAX_SESSIONS} are remembered; the risk that goes with it is written there.
 */
export class KvStateMachine {
  readonly #map = new Map<string, string>();
  readonly #sessions: Sessions;
  readonly #rules: StoreRules;
  #lastApplied = 0;

  constructor({ sessionExpiryUs, rules = paperStoreRules }: StoreOptions = {}) {
    this.#sessions = new Sessions(sessionExpiryUs);
    this.#rules = rules;
  }

  /** The index of the entry that was applied last, 0 before the first. */
  get lastApplied(): number {
    return this.#lastApplied;
  }

  /** How many keys there are. */
  get size(): number {
    return this.#map.size;
  }

  /** How many clients are remembered, and how many of their results. */
  get sessionInfo(): { readonly sessions: number; readonly results: number } {
    return { sessions: this.#sessions.size, results: this.#sessions.results };
  }

  /** What the key holds now, undefined if it is absent. */
  get(key: string): string | undefined {
    return this.#map.get(key);
  }

  /** Every key with its value, in the order in which the keys came into being. */
  entries(): IterableIterator<[string, string]> {
    return this.#map.entries();
  }

  /** Applies a committed entry. Entries are to be given in the order of the log, each once. */
  apply(entry: Entry): Applied {
    this.#lastApplied = entry.index;
    if (entry.type !== 'command') return NO_OP;
    const command = parseCommand(entry.command);
    if (command === undefined) return this.#applyOther(entry.command);
    this.#sessions.advanceClock(command.atUs);
    const session = this.#sessions.use(command, entry.index);
    if (session === undefined) return expired(command);
    session.forgetBelow(command.firstUnanswered);
    if (command.sequence < session.firstUnanswered) return refused(strayMessage(command, session.firstUnanswered));
    const earlier = this.#rules.resultOfRepeat(session.resultOf(command.sequence));
    if (earlier !== undefined) return { result: earlier, change: undefined, repeat: true };
    if (command.sequence - command.firstUnanswered >= SESSION_WINDOW) return refused(tooFarMessage(command));
    const applied = this.#carryOut(command.operation);
    session.remember(command.sequence, applied.result);
    return applied;
  }

  #applyOther(command: unknown): Applied {
    const opening = parseOpenSession(command);
    if (opening === undefined) {
      return refused('The log entry is not a command that this store knows; nothing was changed.');
    }
    this.#sessions.advanceClock(opening.atUs);
    this.#sessions.open(opening.client, this.#lastApplied);
    return { result: { type: 'ok', value: undefined }, change: undefined, repeat: false };
  }

  /**
   * What it holds now, for a snapshot: texts and results never change, so to hold on to them is enough, and costs little
   * however long they are.
   */
  freeze(): FrozenStore {
    return {
      lastApplied: this.#lastApplied,
      ...(this.#sessions.clockUs === 0 ? {} : { clockUs: this.#sessions.clockUs }),
      keys: [...this.#map.keys()],
      values: [...this.#map.values()],
      sessions: this.#rules.sessionsInSnapshot(this.#sessions.save()),
    };
  }

  save(): SavedStateMachine {
    return {
      lastApplied: this.#lastApplied,
      ...(this.#sessions.clockUs === 0 ? {} : { clockUs: this.#sessions.clockUs }),
      entries: [...this.#map],
      sessions: this.#sessions.save(),
    };
  }

  /** The state machine that was saved. The data is trusted: whoever read it from a disk has checked it. */
  static restore(saved: SavedStateMachine, options: StoreOptions = {}): KvStateMachine {
    const machine = new KvStateMachine(options);
    machine.#lastApplied = saved.lastApplied;
    for (const [key, value] of saved.entries) machine.#map.set(key, value);
    machine.#sessions.restore(saved.sessions, saved.clockUs ?? 0);
    return machine;
  }

  #carryOut(operation: Operation): Applied & { readonly result: OperationResult } {
    const problem = checkOperation(operation);
    if (problem !== undefined) return refused(problem);
    const { key } = operation;
    const held = this.#map.get(key);
    switch (operation.type) {
      case 'get':
        return { result: { type: 'ok', value: held }, change: undefined, repeat: false };
      case 'set':
        return this.#write(key, operation.value);
      case 'delete':
        this.#map.delete(key);
        return {
          result: { type: 'ok', value: undefined },
          change: held === undefined ? undefined : { key, value: undefined },
          repeat: false,
        };
      case 'append': {
        const value = (held ?? '') + operation.value;
        return fits(value, MAX_VALUE_BYTES) ? this.#write(key, value) : refused(tooLongMessage(value));
      }
      case 'compare-and-set':
        if (held === operation.expected) return this.#write(key, operation.value);
        return { result: { type: 'mismatch', actual: held }, change: undefined, repeat: false };
      default:
        return assertUnreachable(operation);
    }
  }

  #write(key: string, value: string): Applied & { readonly result: OperationResult } {
    this.#map.set(key, value);
    return { result: { type: 'ok', value }, change: { key, value }, repeat: false };
  }
}

function expired({ client, session }: KvCommand): Applied {
  const which =
    session === undefined ? `${client} has opened no session` : `Session ${session} of ${client} has expired`;
  return { result: { type: 'expired', message: `${which}; nothing was changed.` }, change: undefined, repeat: false };
}

function refused(message: string): Applied & { readonly result: OperationResult } {
  return { result: { type: 'refused', message }, change: undefined, repeat: false };
}

function strayMessage({ client, sequence }: KvCommand, firstUnanswered: number): string {
  return `${client}'s command ${sequence} came after ${client} had said that it waits for none before ${firstUnanswered}; nothing was changed.`;
}

function tooFarMessage({ client, sequence, firstUnanswered }: KvCommand): string {
  return `${client}'s command ${sequence} is ${sequence - firstUnanswered} ahead of its first unanswered one; a client may be less than ${SESSION_WINDOW} ahead. Nothing was changed.`;
}

function tooLongMessage(value: string): string {
  return `The value would become ${utf8Length(value)} bytes long; a value may have at most ${MAX_VALUE_BYTES} bytes. Nothing was appended.`;
}
