import { chance, type Random } from '../../raft/random.ts';
import { whole } from './draw.ts';
import { faultBook, type FaultName } from './fault-book.ts';

/** Which faults come, and how far apart on average, in virtual milliseconds. What is left out never comes. */
export type Weather = Readonly<Partial<Record<FaultName, number>>>;

/**
 * Some faults and no others, each at a rate of its own (swarm testing): where everything happens at once, what needs many
 * of one thing and none of another is never seen.
 */
export function drawWeather(random: Random): Weather {
  const share = whole(random, 1, 8) / 10;
  const weather: Partial<Record<FaultName, number>> = {};
  for (const { name, everyMs } of faultBook) {
    // Both are drawn whether it is switched on or not.
    const isOn = chance(random, share);
    const meanMs = whole(random, everyMs.least, everyMs.most);
    if (isOn) weather[name] = meanMs;
  }
  return weather;
}
