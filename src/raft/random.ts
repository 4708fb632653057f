/**
 * The state of a generator of pseudo-random numbers: four unsigned 32-bit integers, changed in place by each draw. Plain
 * data, so it can be cloned, sent and stored, and the copy goes on where the original stood.
 *
 * The generator is Chris Doty-Humphrey's sfc32, seeded through splitmix32. Integer arithmetic only, so every engine on
 * every machine draws the same numbers.
 */
export interface Random {
  a: number;
  b: number;
  c: number;
  d: number;
}

const TWO_TO_32 = 4_294_967_296;

/**
 * A generator of its own for each purpose: the same seed with other salts draws unrelated numbers. `seed` is taken as an
 * unsigned 32-bit integer; a salt is a string or an integer up to 2^53.
 */
export function createRandom(seed: number, ...salts: readonly (string | number)[]): Random {
  let state = seed >>> 0;
  for (const salt of salts) {
    if (typeof salt === 'number') {
      state = absorb(absorb(absorb(state, 1), salt >>> 0), Math.floor(salt / TWO_TO_32) >>> 0);
    } else {
      state = absorb(absorb(state, 2), salt.length);
      for (let position = 0; position < salt.length; position++) state = absorb(state, salt.charCodeAt(position));
    }
  }
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return scramble(state);
  };
  const random: Random = { a: word(), b: word(), c: word(), d: 1 };
  // sfc32's author asks for a dozen rounds before the first draw, so that every bit of the seed reaches every word.
  for (let round = 0; round < 12; round++) nextUint32(random);
  return random;
}

/** The next number, uniform in [0, 2^32). */
export function nextUint32(random: Random): number {
  const sum = (random.a + random.b + random.d) >>> 0;
  random.d = (random.d + 1) >>> 0;
  random.a = (random.b ^ (random.b >>> 9)) >>> 0;
  random.b = (random.c + (random.c << 3)) >>> 0;
  random.c = (((random.c << 21) | (random.c >>> 11)) + sum) >>> 0;
  return sum;
}

/** A uniform integer in [0, limit), without bias. `limit` is an integer from 1 to 2^32; less counts as 1. */
export function below(random: Random, limit: number): number {
  if (limit <= 1) return 0;
  if (limit >= TWO_TO_32) return nextUint32(random);
  // 2^32 mod limit, in 32 bits. Draws below it would favour small results: they are thrown away.
  const unfair = ((TWO_TO_32 - limit) >>> 0) % limit;
  let draw = nextUint32(random);
  while (draw < unfair) draw = nextUint32(random);
  return draw % limit;
}

/** A uniform integer in [min, max); `min` itself if the range is empty. */
export function between(random: Random, min: number, max: number): number {
  return min + below(random, max - min);
}

/** True with that probability: never at 0, always at 1. Always takes one draw, so that what follows does not shift. */
export function chance(random: Random, probability: number): boolean {
  return nextUint32(random) < probability * TWO_TO_32;
}

/** Mixes one more word into a seed. */
function absorb(state: number, word: number): number {
  return scramble((Math.imul(state ^ word, 0x01000193) + 0x9e3779b9) >>> 0);
}

/** splitmix32's finaliser: a bijection in which each bit of the input sways every bit of the output. */
function scramble(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
