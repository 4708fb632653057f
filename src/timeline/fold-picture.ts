import { List, Map as ImmutableMap } from 'immutable';
import type { NodeDraft } from './draft.ts';
import { noLeases } from './fold-read.ts';
import type { NodePicture } from './picture.ts';
import type { NodeView } from './view.ts';

/** The node is what the picture says, whatever was known of it. What it overwrote before stays remembered. */
export function foldPicture(node: NodeDraft, picture: NodePicture, atUs: number): void {
  const { entries, store, lease, disk, untold: _, ...told } = picture;
  Object.assign(node, told satisfies Partial<NodeView>);
  node.log = List(entries);
  node.store = ImmutableMap<string, string>(store.map(([key, value]): [string, string] => [key, value]));
  node.lease = { ...noLeases, ...lease, extendedUs: lease.heldUntilUs === undefined ? 0 : atUs };
  node.timerSetUs = atUs;
  node.diskWrite = undefined;
  const { base, snapshot } = picture;
  const log = node.log.slice(0, Math.max(0, picture.durableIndex - base.index));
  node.disk = { ...disk, base, log, snapshot };
}
