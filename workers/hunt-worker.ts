import type { HuntNews, HuntOrder, HuntSum } from '../src/sim/fuzz/hunt-news.ts';
import { playSeeds } from '../src/sim/fuzz/play-seeds.ts';
import { shrink } from '../src/sim/fuzz/shrink.ts';
import { MAX_SEED } from '../src/timeline/run.ts';

/** So many seeds are played between two words to the page: a fraction of a second's work. */
const SHARE = 5;

/** The worker's entry: it hunts for a seed that fails, and makes its run small. To stop it, end the worker. */
addEventListener('message', ({ data }: MessageEvent<HuntOrder>) => hunt(data), { once: true });

function hunt({ from, options }: HuntOrder): void {
  let sum: HuntSum = { seeds: 0, playedUs: 0 };
  for (let seed = from; seed <= MAX_SEED; seed += SHARE) {
    const { seeds, playedUs, found } = playSeeds(seed, Math.min(SHARE, MAX_SEED + 1 - seed), options);
    sum = { seeds: sum.seeds + seeds, playedUs: sum.playedUs + playedUs };
    if (found !== undefined) {
      tell({ type: 'shrinking', sum, seed: found.seed, sentence: found.failure.sentence });
      const shrunk = shrink(found.run, found.failure);
      return tell({ type: 'found', sum, prey: { seed: found.seed, drawn: found.run, shrunk } });
    }
    tell({ type: 'hunting', sum });
  }
  tell({ type: 'exhausted', sum });
}

function tell(news: HuntNews): void {
  postMessage(news);
}
