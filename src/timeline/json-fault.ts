/** Where a text stops being JSON: line and column, both from 1, in UTF-16 code units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const whitespace = /[ \t\n\r]*/y;
const bare = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** What may come next. `...-or-end`: or the closing bracket of the innermost object or list. */
type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end';

/**
 * The first place at which the text is not JSON; its end, if it stops too early. Engines word this each in their own way,
 * and some give no place at all. Meant for a text that JSON.parse refused.
 */
export function jsonFault(text: string): TextPlace {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let position = 0;
  for (;;) {
    position = endOf(whitespace, text, position) ?? position;
    const character = text[position];
    const inObject = open.at(-1) === '{';
    if (open.length === 0 && expected === 'comma-or-end') return placeOf(text, position);
    if (character === (inObject ? '}' : ']') && expected.endsWith('-or-end')) {
      open.pop();
      position += 1;
      expected = 'comma-or-end';
    } else if (expected === 'comma-or-end' && character === ',') {
      position += 1;
      expected = inObject ? 'name' : 'value';
    } else if (expected === 'colon' && character === ':') {
      position += 1;
      expected = 'value';
    } else if (expected.startsWith('value') && (character === '{' || character === '[')) {
      open.push(character);
      position += 1;
      expected = character === '{' ? 'name-or-end' : 'value-or-end';
    } else if (character === '"' && /^(?:name|value)/.test(expected)) {
      const string = readString(text, position);
      if (!string.whole) return placeOf(text, string.end);
      position = string.end;
      expected = expected.startsWith('name') ? 'colon' : 'comma-or-end';
    } else {
      const end = expected.startsWith('value') ? endOf(bare, text, position) : undefined;
      if (end === undefined) return placeOf(text, position);
      position = end;
      expected = 'comma-or-end';
    }
  }
}

/** Where the pattern, tried at this place, ends; undefined where it does not fit. */
function endOf(pattern: RegExp, text: string, position: number): number | undefined {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** The string that begins here: `end` is after its closing quote, or else where it goes wrong. */
function readString(text: string, begin: number): { readonly whole: boolean; readonly end: number } {
  let position = begin + 1;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === 0x22) return { whole: true, end: position + 1 };
    if (code < 0x20) break;
    const next: number | undefined = code === 0x5c ? endOf(escape, text, position) : position + 1;
    if (next === undefined) break;
    position = next;
  }
  return { whole: false, end: position };
}

function placeOf(text: string, position: number): TextPlace {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
