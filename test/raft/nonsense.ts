import type { Message } from '../../src/raft/message.ts';
import { below, chance } from '../../src/raft/random.ts';
import type { Random } from '../../src/raft/random.ts';

const types = [
  'request-vote',
  'request-vote-reply',
  'append-entries',
  'append-entries-reply',
  'pre-vote',
  'pre-vote-reply',
  'timeout-now',
  'install-snapshot',
  'install-snapshot-reply',
  'read-index',
  'read-index-reply',
  'client-request',
  '__proto__',
  '',
];

/** What is not where it belongs: anything that structured cloning lets through. */
function junk(random: Random, depth = 0): unknown {
  const simple: readonly unknown[] = [
    undefined,
    null,
    true,
    '',
    'n1',
    '3',
    Number.NaN,
    -0,
    -1,
    0,
    1,
    2.5,
    Infinity,
    2 ** 31,
    2 ** 53,
    10n,
    new Date(0),
    new Map([['voters', ['n1']]]),
    new Uint8Array(3),
  ];
  if (depth > 2 || chance(random, 0.6)) return simple[below(random, simple.length)];
  if (chance(random, 0.5)) return Array.from({ length: below(random, 4) }, () => junk(random, depth + 1));
  const fields = ['type', 'index', 'term', 'configuration', 'voters', 'length', 'x'];
  return Object.fromEntries(
    Array.from({ length: below(random, 4) }, () => [fields[below(random, fields.length)], junk(random, depth + 1)]),
  );
}

/** The value with something in it spoilt, left out or added, at any depth. */
function spoilt(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || chance(random, 0.1)) {
    return junk(random);
  }
  if (Array.isArray(value)) {
    const items: unknown[] = value.slice();
    if (items.length === 0 || chance(random, 0.2)) items.push(junk(random));
    const place = below(random, items.length);
    items[place] = spoilt(random, items[place]);
    return items;
  }
  const fields = Object.entries(value);
  const place = below(random, fields.length + 1);
  const [name] = fields[place] ?? ['extra'];
  if (chance(random, 0.3)) return Object.fromEntries(fields.filter(([field]) => field !== name));
  return Object.fromEntries([...fields, [name, spoilt(random, fields[place]?.[1])]]);
}

/** What is no message at all, or one that has been spoilt on the way, told as if it were one. */
export function nonsense(random: Random, message: Message): Message {
  if (chance(random, 0.1)) return junk(random) as Message;
  if (chance(random, 0.2)) return { ...message, type: types[below(random, types.length)] } as Message;
  return spoilt(random, message) as Message;
}
