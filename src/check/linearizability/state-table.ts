import type { Value } from './history.ts';

/** No such state: what cannot be. */
export const NO_STATE = -1;

/** How many answers are remembered; then they are found anew. */
const MAX_ANSWERS = 2 ** 20;

/** More states than a search will ever reach: with it, two of them make one number. */
const MANY = 2 ** 26;

/**
 * The states of one key as small numbers. Values that are known from the start have one number each, so that a search
 * compares numbers. Texts that come about by appending are made when they are reached; one that equals a known value is
 * that value, whichever way it came about, and any other is known by its way. Long texts are never compared or copied
 * unless one of the known ones has the same length.
 */
export class StateTable {
  readonly #values: Value[] = [];
  readonly #numbers = new Map<Value, number>();
  /** The known texts of each length. */
  readonly #knownByLength = new Map<number, number[]>();
  /** By parent, then by piece. */
  readonly #children: (Map<string, number> | undefined)[] = [];
  /** The state and the piece that a text was made of; {@link NO_STATE} for the values known from the start. */
  readonly #parents: number[] = [];
  readonly #pieces: string[] = [];
  /** By state and whole, answers given before. */
  readonly #answers = new Map<number, boolean>();
  /** A text that nobody will see again: all such texts are one, and longer they are no other. */
  readonly lost: number;

  constructor() {
    this.lost = this.intern({ literal: 'lost' });
  }

  get size(): number {
    return this.#values.length;
  }

  /** How many of the states were made by appending. */
  get made(): number {
    return this.#values.length - this.#numbers.size;
  }

  /** The number of a known value. All are to be named before the first {@link append}. */
  intern(value: Value): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#add(value, NO_STATE, '');
    this.#numbers.set(value, number);
    if (typeof value !== 'string') return number;
    const alike = this.#knownByLength.get(value.length);
    if (alike === undefined) this.#knownByLength.set(value.length, [number]);
    else alike.push(number);
    return number;
  }

  /** The state after appending; {@link NO_STATE} where what the key holds is no text. */
  append(state: number, piece: string): number {
    if (state === this.lost) return state;
    const held = this.#values[state] ?? '';
    if (typeof held !== 'string') return NO_STATE;
    const children = this.#children[state] ?? new Map<string, number>();
    this.#children[state] = children;
    const made = children.get(piece);
    if (made !== undefined) return made;
    const alike = this.#knownByLength.get(held.length + piece.length);
    const known = alike?.find((other) => this.#isMadeOf(other, state, piece));
    const child = known ?? this.#add(held + piece, state, piece);
    children.set(piece, child);
    return child;
  }

  /** Whether the known text `whole` begins with the text of `state`. Nothing counts as the empty text. */
  isBeginning(state: number, whole: number): boolean {
    const text = this.#values[whole];
    if (state === whole) return true;
    if (typeof text !== 'string') return state === whole;
    // Up to a state that is known from the start or has been asked before, then down again, a piece at a time.
    const way: number[] = [];
    let at = state;
    let answer = this.#answers.get(at * MANY + whole);
    while (answer === undefined) {
      const held = this.#values[at] ?? '';
      if (typeof held !== 'string' || held.length > text.length) answer = false;
      else if (this.#parents[at] === NO_STATE) {
        answer = text.startsWith(held);
        this.#remember(at, whole, answer);
      } else {
        way.push(at);
        at = this.#parents[at] ?? NO_STATE;
        answer = this.#answers.get(at * MANY + whole);
      }
    }
    for (let next = way.pop(); next !== undefined; next = way.pop()) {
      const held = this.#values[at];
      answer &&= text.startsWith(this.#pieces[next] ?? '', typeof held === 'string' ? held.length : 0);
      this.#remember(next, whole, answer);
      at = next;
    }
    return answer;
  }

  /** Whether the known text is that of the state with the piece behind it, which has the same length. */
  #isMadeOf(known: number, state: number, piece: string): boolean {
    const text = this.#values[known];
    return typeof text === 'string' && text.endsWith(piece) && this.isBeginning(state, known);
  }

  #remember(state: number, whole: number, answer: boolean): void {
    if (this.#answers.size >= MAX_ANSWERS) this.#answers.clear();
    this.#answers.set(state * MANY + whole, answer);
  }

  #add(value: Value, parent: number, piece: string): number {
    this.#parents.push(parent);
    this.#pieces.push(piece);
    return this.#values.push(value) - 1;
  }
}
