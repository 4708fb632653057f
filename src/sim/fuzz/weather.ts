import { chance, createRandom } from '../../raft/random.ts';
import { whole } from './draw.ts';
import { faultBook, type FaultName } from './fault-book.ts';

/** Which faults come, and how far apart on average, in virtual milliseconds. What is left out never comes. */
export type Weather = Readonly<Partial<Record<FaultName, number>>>;

/**
 * Some faults and no others, each at a rate of its own (swarm testing): where everything happens at once, what needs many
 * of one thing and none of another is never seen. Each draws from a generator of its own, so that a new one leaves the
 * others as they were.
 */
export function drawWeather(seed: number): Weather {
  const share = whole(createRandom(seed, 'fuzz', 'weather'), 1, 8) / 10;
  const weather: Partial<Record<FaultName, number>> = {};
  for (const { name, everyMs } of faultBook) {
    const random = createRandom(seed, 'fuzz', 'weather', name);
    if (chance(random, share)) weather[name] = whole(random, everyMs.least, everyMs.most);
  }
  return weather;
}
