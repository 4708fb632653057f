import type { Delay, Lateness } from '../timeline/action.ts';
import { notLate } from '../timeline/link-quality.ts';
import { type Arguments, Misunderstood, isWord, misused, shortened } from './command-arguments.ts';
import type { Word } from './command-words.ts';
import { MAX_SPEED, MIN_SPEED } from './speed.ts';

/** One time, in milliseconds. */
export function oneDuration(given: Arguments, words: readonly Word[]): number {
  const [word, more] = words;
  if (word === undefined || more !== undefined) throw misused(given, 'needs one number of milliseconds');
  return milliseconds(given, word.text);
}

/** `400 600`: down and up; `400`: as long up as down; `off`. */
export function flapping(given: Arguments, words: readonly Word[]): { readonly downMs: number; readonly upMs: number } {
  const [down, up = down, more] = words;
  if (down === undefined || more !== undefined) throw misused(given, 'needs how long it is down, and up');
  if (up === undefined || isWord('off')(down)) return { downMs: 0, upMs: 1 };
  return { downMs: milliseconds(given, down.text), upMs: Math.max(1, milliseconds(given, up.text)) };
}

/** `10% 400 200`: how many, and by how much; `0` or `off`. */
export function lateness(given: Arguments, words: readonly Word[]): Lateness {
  const [first, second] = words;
  const apart = second?.text === '%' ? 2 : 1;
  if (first !== undefined && isWord('off')(first)) return notLate;
  const chance = share(given, words.slice(0, apart));
  return chance === 0 ? notLate : { chance, delay: delay(given, words.slice(apart)) };
}

/** A mean and a spread, in milliseconds. */
export function delay(given: Arguments, words: readonly Word[]): Delay {
  const [mean, spread, more] = words;
  if (mean === undefined) throw misused(given, 'needs milliseconds');
  if (more !== undefined) throw misused(given, 'takes a mean and a spread in milliseconds');
  const meanMs = milliseconds(given, mean.text);
  const spreadMs = spread === undefined ? 0 : milliseconds(given, spread.text.replace(/^(±|\+-)/, ''));
  if (spreadMs > meanMs) {
    throw new Misunderstood('The spread cannot be larger than the mean: no delay is below nothing.');
  }
  return { meanMs, spreadMs };
}

function milliseconds(given: Arguments, text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(ms|s)?$/i.exec(text);
  if (match?.[1] === undefined) throw misused(given, `needs milliseconds, and “${shortened(text)}” is no such number`);
  const amount = Number(match[1]) * (match[2]?.toLowerCase() === 's' ? 1000 : 1);
  if (amount > 60_000) throw new Misunderstood('A delay may be at most 60,000 ms, a minute.');
  return amount;
}

/** Percent as a probability. */
export function share(given: Arguments, words: readonly Word[]): number {
  const joined = words.map(({ text }) => text).join('');
  const match = /^(\d+(?:\.\d+)?|\.\d+)%?$/.exec(joined);
  if (match?.[1] === undefined) throw misused(given, 'needs a percentage');
  const percent = Number(match[1]);
  if (percent > 100) throw new Misunderstood('A percentage goes from 0 to 100.');
  return percent / 100;
}

/** Virtual time per real time: `1/10`, `2x`. */
export function speed(given: Arguments): number {
  const joined = given.words.map(({ text }) => text).join('');
  const match = /^(\d+(?:\.\d+)?|\.\d+)(?:\/(\d+(?:\.\d+)?))?x?$/i.exec(joined);
  if (match?.[1] === undefined) throw misused(given, 'needs a number or a fraction');
  const times = Number(match[1]) / Number(match[2] ?? 1);
  if (!(times >= MIN_SPEED && times <= MAX_SPEED)) throw new Misunderstood('Speed goes from 1/1000 to 20.');
  return times;
}
