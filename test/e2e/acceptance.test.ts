import type { Page } from 'playwright-core';
import { ClusterError, type ClusterControl } from '../../src/cluster/cluster-control.ts';
import { describeClusterControl, type Heard } from '../cluster/acceptance.ts';
import { openPlayground } from './playground.ts';

/** What a call in the page came to. */
type Outcome =
  | { readonly type: 'done'; readonly value: unknown }
  | { readonly type: 'failed'; readonly name: string; readonly message: string };

/** The page's cluster as if it were here. What it takes and gives is plain data, but for listeners. */
function controlIn(page: Page): ClusterControl {
  const call = async (method: string, given: readonly unknown[]): Promise<unknown> => {
    const outcome = await page.evaluate(
      async ([name, values]): Promise<Outcome> => {
        const cluster = whitewater as unknown as Record<string, (...given: readonly unknown[]) => Promise<unknown>>;
        try {
          return { type: 'done', value: await cluster[name]?.(...values) };
        } catch (error) {
          const { name: kind, message } = error as Error;
          return { type: 'failed', name: kind, message };
        }
      },
      [method, given] as const,
    );
    if (outcome.type === 'done') return outcome.value;
    throw outcome.name === 'ClusterError' ? new ClusterError(outcome.message) : new Error(outcome.message);
  };
  return new Proxy({} as ClusterControl, {
    // A proxy that had a `then` would be taken for a promise.
    get: (_, method) =>
      typeof method === 'string' && method !== 'then'
        ? (...given: readonly unknown[]) => call(method, given)
        : undefined,
  });
}

let page: Page | undefined;

describeClusterControl({
  name: 'A cluster of web workers',
  open: async () => {
    // One page for all, unless a case has closed its cluster.
    const closed = await page?.evaluate(() =>
      whitewater.step().then(
        () => false,
        () => true,
      ),
    );
    if (page === undefined || closed === true) ({ page } = await openPlayground());
    const opened = page;
    await opened.evaluate(() => {
      const told: Heard[] = [];
      Object.assign(globalThis, { told });
      whitewater.subscribe((update) => {
        const events = update.type === 'events' ? update.events.length : 0;
        told.push({ type: update.type, events, message: update.type === 'notice' ? update.message : undefined });
      });
    });
    const heard = (): Promise<readonly Heard[]> =>
      opened.evaluate(() => (globalThis as unknown as { readonly told: readonly Heard[] }).told);
    return { control: controlIn(opened), heard };
  },
});
