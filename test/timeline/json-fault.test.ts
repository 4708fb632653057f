import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { jsonFault } from '../../src/timeline/json-fault.ts';

vi.setConfig({ testTimeout: 30_000 });

describe('The place where a text stops being JSON', () => {
  it.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"a": x}', 1, 7],
    ['{"a" 1}', 1, 6],
    ['{"a": 1,}', 1, 9],
    ['[1, 2', 1, 6],
    ['[1 2]', 1, 4],
    ['[]]', 1, 3],
    ['{\n  "a": 1,\n  "b": tru\n}', 3, 8],
    ['"abc', 1, 5],
    ['["a\tb"]', 1, 4],
    [String.raw`["\q"]`, 1, 3],
    ['[01]', 1, 3],
    ['[.5]', 1, 2],
    ["{'a': 1}", 1, 2],
    ['[1]}', 1, 4],
  ])('is found in %j', (text, line, column) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(jsonFault(text)).toEqual({ line, column });
  });

  it('is its end, for a JSON text that was cut', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % text.length);
        fc.pre(!parses(cut));
        const { line, column } = jsonFault(cut);
        const place =
          cut
            .split('\n')
            .slice(0, line - 1)
            .join('\n').length +
          (line > 1 ? 1 : 0) +
          column -
          1;
        // An escape, a number or a word that is cut is at fault where it begins.
        expect(cut.length - place).toBeLessThanOrEqual(6);
        expect(place).toBeLessThanOrEqual(cut.length);
      }),
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
