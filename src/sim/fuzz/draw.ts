import { below, type Random } from '../../raft/random.ts';

/** A uniform whole number from `least` to `most`, both included. */
export function whole(random: Random, least: number, most: number): number {
  return least + below(random, most - least + 1);
}

/** One of these, each as likely as the other. A list that is empty is a mistake of the caller's. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[below(random, items.length)];
  if (item === undefined) throw new RangeError('There is nothing to pick from.');
  return item;
}

/** From `least` to `most` of these, in the order in which they stand; all of them where there are fewer. */
export function someOf<Item>(random: Random, items: readonly Item[], least: number, most: number): Item[] {
  let wanted = Math.min(items.length, whole(random, least, Math.max(least, most)));
  return items.filter((_, place) => {
    const isTaken = below(random, items.length - place) < wanted;
    if (isTaken) wanted -= 1;
    return isTaken;
  });
}

/** They are dealt into `count` groups at random; a group may stay empty. */
export function dealt<Item>(random: Random, items: readonly Item[], count: number): Item[][] {
  const groups = Array.from({ length: count }, (): Item[] => []);
  for (const item of items) groups[below(random, count)]?.push(item);
  return groups;
}

/** The same in another order, each as likely as the other. */
export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const left = [...items];
  return items.flatMap(() => left.splice(below(random, left.length), 1));
}
