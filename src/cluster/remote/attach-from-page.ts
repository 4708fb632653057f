import { ClusterError } from '../cluster-control.ts';
import type { AttachedCluster } from '../cluster-switcher.ts';
import { pageFrames } from '../frame-source.ts';
import { attachAddress } from './attach-address.ts';
import { RemoteCluster } from './remote-cluster.ts';
import { TabMember } from './tab-member.ts';

/** Where a tab keeps the token of an address until it is closed. */
const TOKEN = 'whitewater.token.';

/** Attaches this page. A token that let it in is remembered while the tab is open. */
export async function attachFromPage(text: string, token?: string): Promise<AttachedCluster> {
  const read = attachAddress(text);
  if ('error' in read) throw new ClusterError(read.error);
  const { address } = read;
  const known = token ?? sessionStorage.getItem(TOKEN + address) ?? undefined;
  const cluster = await RemoteCluster.attach({
    address,
    token: known,
    frames: pageFrames,
    openSocket: (url) => new WebSocket(url),
    nowUs: () => Math.floor((performance.timeOrigin + performance.now()) * 1_000),
    members: TabMember,
    clientName: `page-${crypto.randomUUID()}`,
  });
  if (known !== undefined) sessionStorage.setItem(TOKEN + address, known);
  return cluster;
}
