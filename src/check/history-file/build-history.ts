import type { Call, HistoryOperation, Outcome, Value } from '../linearizability/history.ts';
import { brief, printEdn, type EdnValue, type Literals } from './edn.ts';
import type { HistoryEvent } from './history-event.ts';
import { countOf } from '../../timeline/words.ts';

/** What there is to ask of: one value that is read, written and swapped, or keys that can be put, appended to and deleted. */
export type ModelName = 'register' | 'kv';

/**
 * What `:fail` says of an operation. `no-effect`: it did not take place, and nothing more. `mismatch`: the same, but a
 * compare-and-set that failed found another value than it expected. `unknown`: it may have taken place all the same.
 */
export type FailMeaning = 'no-effect' | 'mismatch' | 'unknown';

export const FAIL_MEANINGS: readonly FailMeaning[] = ['no-effect', 'mismatch', 'unknown'];
export const MODELS: readonly ModelName[] = ['register', 'kv'];

/** The most operations that a history may have. */
export const MAX_HISTORY_OPERATIONS = 200_000;

/** What systems call the same thing. */
const CALLS: Readonly<Record<string, Call['type']>> = {
  read: 'read',
  get: 'read',
  write: 'write',
  put: 'write',
  set: 'write',
  append: 'append',
  delete: 'delete',
  del: 'delete',
  remove: 'delete',
  cas: 'compare-and-set',
  'compare-and-set': 'compare-and-set',
};
const NAMES: Readonly<Record<ModelName, readonly string[]>> = {
  register: ['read', 'write', 'cas'],
  kv: ['get', 'put', 'append', 'delete', 'cas'],
};

/** A history as it was read. */
export interface ReadHistory {
  readonly model: ModelName;
  readonly operations: readonly HistoryOperation[];
  readonly initial: Value;
  /** By moment: the line of the file. */
  readonly lines: readonly number[];
  /** How many compare-and-sets failed: what that means is for the reader to choose. */
  readonly failedSwaps: number;
}

export interface BuildOptions {
  readonly model: ModelName | undefined;
  readonly fail: FailMeaning;
  readonly literals: Literals;
  readonly initial: { readonly edn: EdnValue; readonly text: string } | undefined;
}

/** Makes operations of events: each invocation with its return. `error` is one sentence with line and field. */
export function buildHistory(
  events: readonly HistoryEvent[],
  options: BuildOptions,
): { readonly history: ReadHistory } | { readonly error: string } {
  const builder = new HistoryBuilder(events, options);
  for (const event of events) {
    const error = builder.add(event);
    if (error !== undefined) return { error: `Line ${event.line}: ${error}` };
  }
  return builder.build();
}

interface Draft {
  readonly event: HistoryEvent;
  readonly key: string;
  readonly call: Call;
  readonly invokedAt: number;
  outcome: Outcome;
  returnedAt: number;
}

class HistoryBuilder {
  readonly #options: BuildOptions;
  readonly #model: ModelName;
  /** Whether the key is the first part of the value, as Jepsen writes histories of independent keys. */
  readonly #isKeyInValue: boolean;
  readonly #isKeyField: boolean;
  readonly #drafts: Draft[] = [];
  readonly #open = new Map<string, Draft>();
  readonly #lines: number[] = [];
  #failedSwaps = 0;

  constructor(events: readonly HistoryEvent[], options: BuildOptions) {
    this.#options = options;
    const onlyRegister = events.every(({ name }) => NAMES.register.includes(name));
    this.#model = options.model ?? (onlyRegister ? 'register' : 'kv');
    this.#isKeyField = events.some(({ key }) => key !== undefined);
    const invoked = events.filter(({ type }) => type === 'invoke');
    const reads = invoked.filter(({ name }) => CALLS[name] === 'read');
    const telling = reads.length > 0 ? reads : invoked.filter(({ name }) => CALLS[name] !== 'compare-and-set');
    this.#isKeyInValue =
      !this.#isKeyField && telling.length > 0 && telling.every(({ value }) => itemsOf(value)?.length === 2);
  }

  /** What is wrong with the event, if anything. */
  add(event: HistoryEvent): string | undefined {
    const moment = this.#lines.push(event.line) - 1;
    const { process, type, name } = event;
    const open = this.#open.get(process);
    if (type === 'invoke') {
      if (open !== undefined) {
        return `:process is ${process}, whose operation of line ${open.event.line} has not returned.`;
      }
      return this.#invoke(event, moment);
    }
    if (open === undefined) return `:process is ${process}, which has invoked nothing that could now be :${type}.`;
    if (open.event.name !== name) {
      return `:f is :${name}, but process ${process} had invoked :${open.event.name} on line ${open.event.line}.`;
    }
    this.#open.delete(process);
    // Nobody knows what became of it, so it stays open.
    if (type === 'info') return undefined;
    open.returnedAt = moment;
    if (type === 'ok') return this.#succeed(open, event);
    this.#fail(open);
    return undefined;
  }

  build(): { readonly history: ReadHistory } | { readonly error: string } {
    const { initial } = this.#options;
    const fault = this.#textFault();
    if (fault !== undefined) return { error: fault };
    const seen = new Set(this.#drafts.flatMap(valuesIn));
    const absence = this.#absence(seen);
    const operations = this.#drafts.map(({ event, key, call, outcome, invokedAt, returnedAt }) => ({
      client: event.process,
      key,
      call: absence(call),
      outcome: absence(outcome),
      invokedAt,
      returnedAt,
    }));
    return {
      history: {
        model: this.#model,
        operations,
        initial: initial === undefined ? absence({ value: undefined }).value : this.#initial(initial, seen),
        lines: this.#lines,
        failedSwaps: this.#failedSwaps,
      },
    };
  }

  #invoke(event: HistoryEvent, moment: number): string | undefined {
    if (this.#drafts.length >= MAX_HISTORY_OPERATIONS) {
      return `a history may have at most ${countOf(MAX_HISTORY_OPERATIONS)} operations.`;
    }
    const { key, value } = this.#keyed(event);
    if (key === undefined) {
      return this.#isKeyField
        ? ':key is missing.'
        : `:value must be a key and a value, as [0 nil], but is ${shown(event.value)}.`;
    }
    const call = this.#callOf(event.name, value);
    if (typeof call === 'string') return call;
    const draft: Draft = { event, key, call, invokedAt: moment, outcome: { type: 'unknown' }, returnedAt: Infinity };
    this.#drafts.push(draft);
    this.#open.set(event.process, draft);
    return undefined;
  }

  #succeed(draft: Draft, event: HistoryEvent): string | undefined {
    if (draft.call.type !== 'read') {
      draft.outcome = { type: 'ok' };
      return undefined;
    }
    const { key, value } = this.#keyed(event);
    if (key === undefined) return `:value must be a key and a value, as [0 nil], but is ${shown(event.value)}.`;
    if (key !== draft.key) {
      return `:key is ${brief(key)}, but process ${event.process} had asked for ${brief(draft.key)} on line ${draft.event.line}.`;
    }
    draft.outcome = { type: 'saw', value: this.#valueOf(value) };
    return undefined;
  }

  #fail(draft: Draft): void {
    const isSwap = draft.call.type === 'compare-and-set';
    if (isSwap) this.#failedSwaps += 1;
    if (this.#options.fail === 'unknown') {
      draft.returnedAt = Infinity;
      return;
    }
    draft.outcome = { type: isSwap && this.#options.fail === 'mismatch' ? 'mismatch' : 'none' };
  }

  #keyed({ key, value }: HistoryEvent): { readonly key: string | undefined; readonly value: EdnValue } {
    if (this.#isKeyField) return { key: key === undefined ? undefined : printEdn(key.value), value };
    if (!this.#isKeyInValue) return { key: '', value };
    const [first, second] = itemsOf(value) ?? [];
    return { key: itemsOf(value)?.length === 2 ? printEdn(first) : undefined, value: second };
  }

  /** The call, or what is wrong with it. */
  #callOf(name: string, value: EdnValue): Call | string {
    const type = CALLS[name];
    const isKnown = type !== undefined && (this.#model === 'kv' || (type !== 'append' && type !== 'delete'));
    if (!isKnown) {
      const known = NAMES[this.#model].map((each) => `:${each}`).join(', ');
      return `:f is ${brief(`:${name}`)}, which a ${this.#model} does not know; it knows ${known}.`;
    }
    switch (type) {
      case 'read':
      case 'delete':
        return { type };
      case 'write':
        return { type, value: this.#valueOf(value) };
      case 'append':
        return typeof value === 'string' ? { type, value } : `:value must be a text to append, but is ${shown(value)}.`;
      case 'compare-and-set': {
        const items = itemsOf(value);
        if (items?.length !== 2) {
          return `:value must be what is expected and what is new, as [1 2], but is ${shown(value)}.`;
        }
        return { type, expected: this.#valueOf(items[0]), value: this.#valueOf(items[1]) };
      }
    }
  }

  /** Lists and maps are values, too, by what they say. */
  #valueOf(value: EdnValue): Value {
    if (typeof value !== 'object' || 'literal' in value) return value;
    return this.#options.literals.of(printEdn(value));
  }

  /** Where there are appends, everything is text. */
  #textFault(): string | undefined {
    if (!this.#drafts.some(({ call }) => call.type === 'append')) return undefined;
    for (const draft of this.#drafts) {
      const other = valuesIn(draft).find((value) => value !== undefined && typeof value !== 'string');
      if (other === undefined) continue;
      return `Line ${draft.event.line}: :value is, or was answered with, ${shown(other)}; where there is :append, all values are texts.`;
    }
    return undefined;
  }

  /**
   * What stands for a key that holds nothing. In a store it is nil for some systems and the empty text for others; where
   * both are seen though nobody wrote an empty text, they are one.
   */
  #absence(seen: ReadonlySet<Value>): <T extends object>(part: T) => T {
    const wroteEmpty = this.#drafts.some(({ call }) => 'value' in call && call.value === '');
    if (this.#model === 'register' || (seen.has(undefined) && wroteEmpty)) return (part) => part;
    return (part) => {
      if ('type' in part && part.type === 'delete') return { ...part, type: 'write', value: '' };
      const filled = 'value' in part && part.value === undefined ? { ...part, value: '' } : part;
      return 'expected' in filled && filled.expected === undefined ? { ...filled, expected: '' } : filled;
    };
  }

  #initial(initial: { readonly edn: EdnValue; readonly text: string }, seen: ReadonlySet<Value>): Value {
    const value = this.#valueOf(initial.edn);
    return seen.has(initial.text) && !seen.has(value) ? initial.text : value;
  }
}

function valuesIn({ call, outcome }: Draft): Value[] {
  const values: Value[] = [];
  if ('value' in call) values.push(call.value);
  if (call.type === 'compare-and-set') values.push(call.expected);
  if (outcome.type === 'saw') values.push(outcome.value);
  return values;
}

function itemsOf(value: EdnValue): readonly EdnValue[] | undefined {
  return typeof value === 'object' && 'items' in value ? value.items : undefined;
}

function shown(value: EdnValue): string {
  return brief(printEdn(value));
}
