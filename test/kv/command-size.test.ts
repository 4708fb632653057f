import { expect, it } from 'vitest';
import { commandBytes } from '../../src/kv/command-size.ts';

const command = (operation: unknown): unknown => ({ client: 'c1', sequence: 1, firstUnanswered: 1, operation });

it('a command counts the bytes of its texts, as UTF-8, and 24 for the rest', () => {
  expect(commandBytes(command({ type: 'get', key: 'x' }))).toBe(24 + 2 + 1);
  expect(commandBytes(command({ type: 'set', key: 'é', value: '12345' }))).toBe(24 + 2 + 2 + 5);
  expect(commandBytes(command({ type: 'compare-and-set', key: 'x', expected: '12', value: '3' }))).toBe(24 + 2 + 1 + 3);
  expect(commandBytes(command({ type: 'compare-and-set', key: 'x', expected: undefined, value: '3' }))).toBe(28);
});

it('what is no command has no texts', () => {
  for (const value of [undefined, null, 'text', { client: 'c1' }, command({ type: 'burn' })]) {
    expect(commandBytes(value)).toBe(24);
  }
});
