import { expect, it } from 'vitest';
import { BoundedMap } from '../../../src/check/invariants/bounded-map.ts';

it('A bounded map forgets what was put into it first', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect([...map.entries()]).toEqual([
    ['b', 2],
    ['c', 4],
  ]);
  expect([map.get('a'), map.get('b'), map.size]).toEqual([undefined, 2, 2]);
});
