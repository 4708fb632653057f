import type { ClusterControl, ClusterStatus } from '../../src/cluster/cluster-control.ts';
import { eventually } from './eventually.ts';

/** Waits until a cluster shows itself so, and gives how it shows itself then. */
export function seen(
  control: Pick<ClusterControl, 'status'>,
  what: string,
  holds: (now: ClusterStatus) => boolean,
): Promise<ClusterStatus> {
  return eventually(what, async () => {
    const now = await control.status();
    return holds(now) ? now : undefined;
  });
}
