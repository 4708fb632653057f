import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { ClusterControl } from '../cluster/cluster-control.ts';
import type { AttachedCluster } from '../cluster/cluster-switcher.ts';
import { SERVED_PAGE_MARK } from '../cluster/remote/served-page-mark.ts';
import { createWorkerCluster } from '../cluster/worker-cluster.ts';
import { App } from './app.tsx';
import { checksWatch } from './checks/checks-watch-part.ts';
import { type WiredPlayground, wirePlayground } from './playground.ts';
import { createFrameScheduler } from './scheduler.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/stage.css';
import './styles/controls.css';
import './styles/panels.css';
import './styles/clock.css';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root to draw in.');
const reactRoot = createRoot(root);

function begin(control: ClusterControl, real?: AttachedCluster): WiredPlayground {
  const playground = wirePlayground(control, createFrameScheduler(), {
    ...(real && { real }),
    createOwn: createWorkerCluster,
  });
  const handle = (shown: ClusterControl): unknown => Object.assign(globalThis, { whitewater: shown });
  handle(control);
  playground.store.subscribe((now, before) => {
    if (now.control !== before.control) handle(now.control);
  });
  /** A link may hold a run; one may also be pasted where this page is open already. */
  const openLink = (): void => {
    if (location.hash === '') return;
    playground.hand.attempt(async () => {
      // It is checked from its first event on. Without the checks it is played all the same: that they are missing is told.
      const [{ openLinkedRun }] = await Promise.all([
        import('./linked-run.ts'),
        checksWatch.load().catch(() => undefined),
      ]);
      await openLinkedRun(playground.store.getState().control);
    });
  };
  addEventListener('hashchange', openLink);
  openLink();
  reactRoot.render(
    <StrictMode>
      <App playground={playground} />
    </StrictMode>,
  );
  return playground;
}

/** A node that serves this page marks it: then its cluster is the one to show. Where it does not let the page in, it may be asked again. */
async function beginServed(): Promise<void> {
  try {
    const { attachFromPage } = await import('../cluster/remote/attach-from-page.ts');
    const real = await attachFromPage(location.origin);
    begin(real, real);
  } catch (error) {
    const { hand } = begin(createWorkerCluster());
    hand.notify('problem', error instanceof Error ? error.message : String(error));
    hand.show('attach');
  }
  try {
    const { keepParts } = await import('./real/keep-parts.ts');
    await keepParts();
  } catch {
    // Then parts are fetched when they are wanted, and say so if they cannot be had.
  }
}

if (document.querySelector(`meta[name="${SERVED_PAGE_MARK}"]`) === null) begin(createWorkerCluster());
else void beginServed();
