import { isBinding, isOptional, type Call, type HistoryOperation, type Value } from './history.ts';
import { NO_STATE, StateTable } from './state-table.ts';

// What an operation asks of the state that it meets, and what it makes of it. Numbers, because a search asks millions of times.

/** Meets `need` and leaves it. */
export const READ = 0;
/** Meets anything but `need`, and leaves it. */
export const NOT = 1;
/** Meets anything and makes it `next`. */
export const WRITE = 2;
/** Meets `need` and makes it `next`. */
export const SWAP = 3;
/** Makes the text longer by `piece`; where `next` is a state, it must become that one. */
export const APPEND = 4;
/** Cannot have happened, whatever it met. */
export const NEVER = 5;

/** What one operation does. */
interface Step {
  readonly kind: number;
  readonly need: number;
  readonly next: number;
  readonly piece: string;
}

/** Operations of unknown outcome that do the same, in order of invocation: one of them is as good as another. */
export interface OptionalSteps extends Step {
  readonly symbol: number;
  readonly operations: readonly HistoryOperation[];
}

/** The operations on one key in the form that a search works on. */
export interface Problem {
  /** Those that must find a place, in order of invocation. */
  readonly binding: readonly HistoryOperation[];
  readonly kinds: Uint8Array;
  readonly needs: Int32Array;
  readonly nexts: Int32Array;
  readonly pieces: readonly string[];
  /** Operations with the same symbol do the same. */
  readonly symbols: Int32Array;
  readonly symbolCount: number;
  readonly optional: readonly OptionalSteps[];
  readonly states: StateTable;
  readonly initial: number;
  /** Whether all states are known from the start: nothing appends to what is not known. */
  readonly isPlain: boolean;
}

/** Brings the operations on one key, which at first holds `initial`, into the form that a search works on. */
export function problemOf(operations: readonly HistoryOperation[], initial: Value): Problem {
  const binding = operations.filter(isBinding).sort(byInvocation);
  const optional = operations.filter(isOptional).sort(byInvocation);
  const steps = new Steps(initial, [...binding, ...optional]);
  const asked = binding.map((operation) => steps.bindingStep(operation));
  const groups = new Map<number, { readonly step: Step; readonly operations: HistoryOperation[] }>();
  for (const operation of optional) {
    const step = steps.optionalStep(operation.call);
    // What leaves things as they are need not happen.
    if (step.kind === READ) continue;
    const symbol = steps.symbolOf(step);
    const group = groups.get(symbol);
    if (group === undefined) groups.set(symbol, { step, operations: [operation] });
    else group.operations.push(operation);
  }
  const symbols = Int32Array.from(asked, (step) => steps.symbolOf(step));
  return {
    binding,
    kinds: Uint8Array.from(asked, ({ kind }) => kind),
    needs: Int32Array.from(asked, ({ need }) => need),
    nexts: Int32Array.from(asked, ({ next }) => next),
    pieces: asked.map(({ piece }) => piece),
    symbols,
    symbolCount: steps.symbolCount,
    optional: Array.from(groups, ([symbol, { step, operations: alike }]) => ({ ...step, symbol, operations: alike })),
    states: steps.states,
    initial: steps.initial,
    isPlain: ![...asked, ...Array.from(groups.values(), ({ step }) => step)].some(({ kind }) => kind === APPEND),
  };
}

function byInvocation(one: HistoryOperation, other: HistoryOperation): number {
  return one.invokedAt - other.invokedAt;
}

/** Makes steps of operations, over one table of states. */
class Steps {
  readonly states = new StateTable();
  readonly initial: number;
  readonly #symbols = new Map<string, number>();
  /** What a key holds that was empty before an append; undefined where it may be nothing or the empty text. */
  readonly #emptyBefore: { readonly value: Value } | undefined;

  constructor(initial: Value, operations: readonly HistoryOperation[]) {
    this.initial = this.states.intern(initial);
    let canBeNothing = initial === undefined;
    let canBeEmptyText = initial === '';
    for (const { call, outcome } of operations) {
      const values: Value[] = [];
      if ('value' in call && call.type !== 'append') values.push(call.value);
      if (call.type === 'delete') values.push(undefined);
      if (call.type === 'compare-and-set') values.push(call.expected);
      if (outcome.type === 'saw' || outcome.type === 'found') values.push(outcome.value);
      for (const value of values) this.states.intern(value);
      canBeNothing ||= values.includes(undefined);
      canBeEmptyText ||= values.includes('') || (call.type === 'append' && call.value === '');
    }
    if (!canBeEmptyText) this.#emptyBefore = { value: undefined };
    else if (!canBeNothing) this.#emptyBefore = { value: '' };
  }

  get symbolCount(): number {
    return this.#symbols.size;
  }

  symbolOf({ kind, need, next, piece }: Step): number {
    const name = `${kind} ${need} ${next} ${piece}`;
    const known = this.#symbols.get(name);
    if (known !== undefined) return known;
    this.#symbols.set(name, this.#symbols.size);
    return this.#symbols.size - 1;
  }

  bindingStep({ call, outcome }: HistoryOperation): Step {
    if (call.type === 'compare-and-set' && outcome.type === 'mismatch') return this.#step(NOT, call.expected);
    if (call.type === 'compare-and-set' && outcome.type === 'found') {
      // Who finds what it expects does not refuse.
      return outcome.value === call.expected ? never : this.#step(READ, outcome.value);
    }
    if (outcome.type !== 'saw') return this.optionalStep(call);
    const { value } = outcome;
    switch (call.type) {
      case 'read':
        return this.#step(READ, value);
      case 'append':
        return this.#appendThatSaw(call.value, value);
      case 'write':
      case 'compare-and-set':
        return call.value === value ? this.optionalStep(call) : never;
      case 'delete':
        return value === undefined ? this.optionalStep(call) : never;
    }
  }

  /** What the call does if it takes effect, with nothing known of its answer. */
  optionalStep(call: Call): Step {
    switch (call.type) {
      case 'read':
        throw new Error('A read of which nothing is known binds nothing.');
      case 'write':
        return this.#step(WRITE, undefined, call.value);
      case 'delete':
        return this.#step(WRITE, undefined, undefined);
      case 'compare-and-set': {
        const swap = this.#step(SWAP, call.expected, call.value);
        return swap.need === swap.next ? { ...swap, kind: READ, next: NO_STATE } : swap;
      }
      case 'append':
        return { kind: APPEND, need: NO_STATE, next: NO_STATE, piece: call.value };
    }
  }

  /** An append that tells what it came to tells what it met, too, unless that is one of two things. */
  #appendThatSaw(piece: string, value: Value): Step {
    if (typeof value !== 'string' || !value.endsWith(piece)) return never;
    const before = value.slice(0, value.length - piece.length);
    if (before === '' && this.#emptyBefore === undefined) {
      return { kind: APPEND, need: NO_STATE, next: this.states.intern(value), piece };
    }
    const need = before === '' ? this.#emptyBefore?.value : before;
    return this.optionalStep({ type: 'compare-and-set', expected: need, value });
  }

  #step(kind: number, need: Value, next?: Value): Step {
    const isWrite = kind === WRITE;
    return {
      kind,
      need: isWrite ? NO_STATE : this.states.intern(need),
      next: isWrite || kind === SWAP ? this.states.intern(next) : NO_STATE,
      piece: '',
    };
  }
}

const never: Step = { kind: NEVER, need: NO_STATE, next: NO_STATE, piece: '' };
