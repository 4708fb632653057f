import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EdnReader, Literals, MAX_EDN_DEPTH, printEdn, type EdnValue } from '../../../src/check/history-file/edn.ts';

function readAll(text: string): EdnValue[] {
  const reader = new EdnReader(text, new Literals());
  const values: EdnValue[] = [];
  for (let form = reader.next(); form !== undefined; form = reader.next()) {
    if ('fault' in form) throw new Error(`line ${form.line}: ${form.fault}`);
    values.push(form.value);
  }
  return values;
}

const readOne = (text: string): string => readAll(text).map(printEdn).join(' ');

describe('EDN', () => {
  it('is read as what it says', () => {
    expect(readAll('nil true false 3 -4 +5 1.5 2e3')).toEqual([undefined, true, false, 3, -4, 5, 1.5, 2_000]);
    expect(readAll('"a \\"b\\" \\n \\u00e9 \\\\"')).toEqual(['a "b" \n é \\']);
    expect(readOne(':a/b a-b? \\a \\newline \\( 12345678901234567890 3N 1/2 1.5M')).toBe(
      ':a/b a-b? \\a \\newline \\( 12345678901234567890 3N 1/2 1.5M',
    );
    expect(readOne('[1 (2 3) #{4}] {:a 1, "b" [nil]}')).toBe('[1 [2 3] [4]] {:a 1, "b" [nil]}');
  });

  it('passes over commas, comments, discarded forms and tags', () => {
    expect(readOne('; a comment\n[1,2 #_ 3 #_ [4 5] 6] ; another\n#jepsen.history.Op{:a #inst "2020"}')).toBe(
      '[1 2 6] {:a "2020"}',
    );
  });

  it('has one object for each literal, so that values can be compared', () => {
    const [one, two, three] = readAll(':a :a :b');
    expect(one).toBe(two);
    expect(one).not.toBe(three);
  });

  it.each([
    ['{:a', 1, 'the text ends before the "{" of line 1 is closed'],
    ['\n[1 2', 2, 'the text ends before the "[" of line 2 is closed'],
    ['\n"abc', 2, 'a text that does not end'],
    [']', 1, 'an unexpected "]"'],
    ['(1]', 1, 'an unexpected "]"'],
    ['{:a 1 :b}', 1, 'a map with a key that has no value'],
    ['{:a 1 :a 2}', 1, ':a stands twice in one map'],
    ['1x', 1, '1x is not a number'],
    ['"\\q"', 1, '"\\q" in a text means nothing'],
    ['#<Object>', 1, '"#<Object>" means nothing'],
    [':', 1, 'a keyword without a name'],
    ['#_', 1, 'the text ends in the middle of a form'],
    ['['.repeat(MAX_EDN_DEPTH + 1), 1, `more than ${MAX_EDN_DEPTH} forms within each other`],
    ['#{'.repeat(MAX_EDN_DEPTH + 1), 1, `more than ${MAX_EDN_DEPTH} forms within each other`],
    ['#a '.repeat(MAX_EDN_DEPTH + 1), 1, `more than ${MAX_EDN_DEPTH} forms within each other`],
    ['#_'.repeat(MAX_EDN_DEPTH + 1), 1, `more than ${MAX_EDN_DEPTH} forms within each other`],
  ])('that is not sound is told with its line: %s', (text, line, fault) => {
    expect(new EdnReader(text, new Literals()).next()).toEqual({ line, fault });
  });

  it('takes brackets as deep as it says', () => {
    expect(readOne('['.repeat(MAX_EDN_DEPTH) + ']'.repeat(MAX_EDN_DEPTH))).toMatch(/^\[+\]+$/);
  });

  it('ends for any text, without throwing', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '#',
      '_',
      ':',
      'a',
      '1',
      ' ',
      '\n',
      ';',
      ',',
      '-',
      '#_',
      '#{',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const reader = new EdnReader(pieces.join(''), new Literals());
        for (let form = reader.next(); form !== undefined && !('fault' in form);) form = reader.next();
      }),
      { numRuns: 5_000 },
    );
  });

  it('that was printed is read back the same', () => {
    const { value } = fc.letrec<{ value: EdnValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constant(undefined),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.record({ items: fc.array(tie('value'), { maxLength: 4 }) }),
      ),
    }));
    fc.assert(
      fc.property(value, (one) => {
        expect(readAll(printEdn(one))).toEqual([one]);
      }),
    );
  });
});
