import { ClusterError, type ClusterControl } from '../cluster/cluster-control.ts';
import { runOfLink } from '../cluster/run-link.ts';

/**
 * Plays the run that stands in the page's address, if there is one, and takes it out of the address: who reloads the page
 * wants the cluster that it has by then. Rejects with one sentence where the link holds no run.
 */
export async function openLinkedRun(control: ClusterControl): Promise<void> {
  const linked = await runOfLink(location.hash);
  if (linked === undefined) return;
  history.replaceState(history.state, '', location.pathname + location.search);
  if ('error' in linked) throw new ClusterError(linked.error);
  await control.load(linked.run);
  await control.play();
}
