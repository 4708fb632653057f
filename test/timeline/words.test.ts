import { expect, it } from 'vitest';
import { byteCount, byteRange, countOf, counted, milliseconds, shownDelay } from '../../src/timeline/words.ts';

it('what is counted has its thousands set apart by commas, and no more than that', () => {
  expect([0, 7, 999, 1_000, 12_345, 1_234_567, 1_000.5, 0.1234, 4_294_967_295].map(countOf)).toEqual([
    '0',
    '7',
    '999',
    '1,000',
    '12,345',
    '1,234,567',
    '1,000.5',
    '0.1234',
    '4,294,967,295',
  ]);
  expect(counted(1_016, 'message')).toBe('1,016 messages');
  expect(byteCount(65_536)).toBe('65,536 bytes');
  expect(byteRange(4_096, 1_024)).toBe('bytes 4,097 to 5,120');
  expect(milliseconds(1_250_000)).toBe('1,250 ms');
  expect(shownDelay({ meanMs: 2_000, spreadMs: 1_000 })).toBe('2,000 ± 1,000 ms');
});
