import type { HuntNews, HuntOrder, HuntSum } from '../sim/fuzz/hunt-news.ts';

export type { HuntOrder, HuntSum, Prey } from '../sim/fuzz/hunt-news.ts';

/** What a hunt tells whoever began it; `broken`: its thread failed. */
export type HuntReport = HuntNews | { readonly type: 'broken'; readonly sentence: string };

/** Hunts in a thread of its own, in the background. Gives what ends it at once; when it is found, it ends by itself. */
export function startHunt(order: HuntOrder, tell: (report: HuntReport) => void): () => void {
  const worker = new Worker(new URL('../../workers/hunt-worker.ts', import.meta.url), {
    type: 'module',
    name: 'hunt',
  });
  const end = (): void => worker.terminate();
  worker.addEventListener('message', ({ data }: MessageEvent<HuntNews>) => {
    if (data.type === 'found' || data.type === 'exhausted') end();
    tell(data);
  });
  worker.addEventListener('error', (event) => {
    end();
    const why = event.message === '' ? 'it could not be loaded' : event.message;
    tell({ type: 'broken', sentence: `The hunt's thread has failed: ${why}.` });
  });
  worker.postMessage(order);
  return end;
}

/** Nothing has been played yet. */
export const nothingPlayed: HuntSum = { seeds: 0, playedUs: 0 };
