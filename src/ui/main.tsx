import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createWorkerCluster } from '../cluster/worker-cluster.ts';
import { App } from './app.tsx';
import { wirePlayground } from './playground.ts';
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

const control = createWorkerCluster();
const playground = wirePlayground(control, createFrameScheduler());
Object.assign(globalThis, { whitewater: control });

/** A link may hold a run; one may also be pasted where this page is open already. */
function openLink(): void {
  if (location.hash === '') return;
  playground.hand.attempt(async () => {
    const { openLinkedRun } = await import('./linked-run.ts');
    await openLinkedRun(control);
  });
}
addEventListener('hashchange', openLink);
openLink();

createRoot(root).render(
  <StrictMode>
    <App playground={playground} />
  </StrictMode>,
);
