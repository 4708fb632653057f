import type { Literal } from '../linearizability/history.ts';

/** A list, vector or set of EDN. */
export interface EdnList {
  readonly items: readonly EdnValue[];
}

/** A map of EDN, by the text of its keys (`:type`). */
export interface EdnMap {
  readonly entries: ReadonlyMap<string, EdnValue>;
}

/** A value of EDN. Undefined is nil; keywords, symbols, characters and numbers that are no doubles are literals. */
export type EdnValue = undefined | boolean | number | string | Literal | EdnList | EdnMap;

/** Where a text stops being EDN, and why. */
export interface EdnFault {
  readonly line: number;
  /** What is wrong, to be put behind "Line 3: ". */
  readonly fault: string;
}

/** How deep lists and maps may stand in each other. */
export const MAX_EDN_DEPTH = 64;

/** What ends a number, symbol or keyword. */
const ENDS = new Set([' ', ',', '\t', '\n', '\r', '\f', '(', ')', '[', ']', '{', '}', '"', ';', '']);
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\' };

/** Literals by their text: the same text is the same object, so that values can be compared by identity. */
export class Literals {
  readonly #literals = new Map<string, Literal>();

  of(text: string): Literal {
    let literal = this.#literals.get(text);
    if (literal === undefined) {
      literal = { literal: text };
      this.#literals.set(text, literal);
    }
    return literal;
  }
}

/**
 * Reads EDN (Clojure's data notation), a form at a time: nil, truths, numbers, strings, characters, keywords, symbols, lists,
 * vectors, maps, sets, tagged forms (the tag is passed over), comments and discarded forms. It throws nothing; a
 * fault ends it.
 */
export class EdnReader {
  readonly #text: string;
  readonly #literals: Literals;
  #at = 0;
  #line: number;
  #depth = 0;
  #fault: EdnFault | undefined;

  constructor(text: string, literals: Literals, firstLine = 1) {
    this.#text = text;
    this.#literals = literals;
    this.#line = firstLine;
  }

  /** The next form with the line on which it begins; a fault; or undefined at the end. */
  next(): { readonly value: EdnValue; readonly line: number } | EdnFault | undefined {
    this.#skip();
    if (this.#fault !== undefined) return this.#fault;
    if (this.#at >= this.#text.length) return undefined;
    const line = this.#line;
    const value = this.#form();
    return this.#faultSoFar() ?? { value, line };
  }

  /**
   * Goes into a list that begins here, so that its forms are read one at a time: {@link next} then gives them, and a fault
   * at its closing bracket, which {@link leave} takes. False where no list begins.
   */
  enter(): boolean {
    this.#skip();
    const opening = this.#text[this.#at] ?? '';
    if (opening !== '[' && opening !== '(') return false;
    this.#at += 1;
    return true;
  }

  /** Whether a closing bracket comes next; it is passed over. */
  leave(): boolean {
    this.#skip();
    const character = this.#text[this.#at];
    if (character !== ']' && character !== ')') return false;
    this.#at += 1;
    return true;
  }

  get line(): number {
    return this.#line;
  }

  /** Read anew: the compiler does not see that reading a form can leave one. */
  #faultSoFar(): EdnFault | undefined {
    return this.#fault;
  }

  #fail(fault: string): EdnValue {
    this.#fault ??= { line: this.#line, fault };
    return undefined;
  }

  /** Passes over white space, commas, comments and discarded forms. */
  #skip(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '\n') this.#line += 1;
      if (character === ';') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else if (character === '#' && this.#text[this.#at + 1] === '_') {
        this.#at += 2;
        this.#form();
        if (this.#fault !== undefined) return;
      } else if (character !== undefined && ' ,\t\n\r\f\uFEFF'.includes(character)) this.#at += 1;
      else return;
    }
  }

  #form(): EdnValue {
    // What is discarded before it counts, too.
    if (this.#depth >= MAX_EDN_DEPTH) return this.#fail(`more than ${MAX_EDN_DEPTH} forms within each other`);
    this.#depth += 1;
    this.#skip();
    const value = this.#fault === undefined ? this.#formHere() : undefined;
    this.#depth -= 1;
    return value;
  }

  #formHere(): EdnValue {
    const character = this.#text[this.#at];
    if (character === undefined) return this.#fail('the text ends in the middle of a form');
    if (character === '"') return this.#string();
    if (character === '(' || character === '[' || character === '{') return this.#collection(character);
    if (character === ')' || character === ']' || character === '}') return this.#fail(`an unexpected "${character}"`);
    if (character === '#') return this.#dispatch();
    if (character === '\\') {
      // What follows the backslash is part of the character, whatever it is.
      const begin = this.#at;
      this.#at += 2;
      this.#token();
      return this.#literals.of(this.#text.slice(begin, this.#at));
    }
    return this.#atom(this.#token());
  }

  #token(): string {
    const begin = this.#at;
    while (!ENDS.has(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text.slice(begin, this.#at);
  }

  #atom(token: string): EdnValue {
    if (token === 'nil') return undefined;
    if (token === 'true' || token === 'false') return token === 'true';
    if (/^[+-]?\d/.test(token)) return this.#number(token);
    if (token === ':') return this.#fail('a keyword without a name');
    return this.#literals.of(token);
  }

  #number(token: string): EdnValue {
    if (!/^[+-]?\d+(?:N|\/\d+|(?:\.\d*)?(?:[eE][+-]?\d+)?M?)$/.test(token)) {
      return this.#fail(`${brief(token)} is not a number`);
    }
    const number = Number(token);
    // What a double cannot hold exactly stays as it was written.
    return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))
      ? number
      : this.#literals.of(token);
  }

  #string(): EdnValue {
    let value = '';
    for (let from = this.#at + 1; ;) {
      const character = this.#text[(this.#at += 1)];
      if (character === undefined) return this.#fail('a text that does not end');
      if (character === '\n') this.#line += 1;
      if (character === '"') {
        value += this.#text.slice(from, this.#at);
        this.#at += 1;
        return value;
      }
      if (character !== '\\') continue;
      value += this.#text.slice(from, this.#at);
      const escape = this.#text[(this.#at += 1)] ?? '';
      const unicode = /^u[\da-fA-F]{4}/.exec(this.#text.slice(this.#at, this.#at + 5))?.[0];
      const meant =
        unicode === undefined ? ESCAPES[escape] : String.fromCharCode(Number.parseInt(unicode.slice(1), 16));
      if (meant === undefined) return this.#fail(`"\\${escape}" in a text means nothing`);
      value += meant;
      if (unicode !== undefined) this.#at += 4;
      from = this.#at + 1;
    }
  }

  #collection(opening: string, isSet = false): EdnValue {
    this.#at += 1;
    const begun = this.#line;
    const items: EdnValue[] = [];
    const closing = CLOSING[opening];
    for (;;) {
      this.#skip();
      if (this.#fault !== undefined) return undefined;
      const character = this.#text[this.#at];
      if (character === undefined) {
        return this.#fail(`the text ends before the "${opening}" of line ${begun} is closed`);
      }
      if (character === closing) break;
      items.push(this.#form());
      if (this.#faultSoFar() !== undefined) return undefined;
    }
    this.#at += 1;
    return opening === '{' && !isSet ? this.#map(items) : { items };
  }

  #map(items: readonly EdnValue[]): EdnValue {
    if (items.length % 2 === 1) return this.#fail('a map with a key that has no value');
    const entries = new Map<string, EdnValue>();
    for (let place = 0; place < items.length; place += 2) {
      const key = printEdn(items[place]);
      if (entries.has(key)) return this.#fail(`${brief(key)} stands twice in one map`);
      entries.set(key, items[place + 1]);
    }
    return { entries };
  }

  /** What begins with a hash: a set, or a tag, whose form counts. */
  #dispatch(): EdnValue {
    this.#at += 1;
    if (this.#text[this.#at] === '{') return this.#collection('{', true);
    const tag = this.#token();
    return /^\p{L}/u.test(tag) ? this.#form() : this.#fail(`${brief(`"#${tag}"`)} means nothing`);
  }
}

/** The value as EDN. */
export function printEdn(value: EdnValue): string {
  if (value === undefined) return 'nil';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if ('literal' in value) return value.literal;
  if ('items' in value) return `[${value.items.map(printEdn).join(' ')}]`;
  return `{${[...value.entries].map(([key, held]) => `${key} ${printEdn(held)}`).join(', ')}}`;
}

/** So much of a text as a sentence can hold. */
export function brief(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
