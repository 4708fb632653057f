import type { View } from '../../src/timeline/view.ts';

/** The view as plain data: how a list is laid out inside is not what a test compares. */
export function plainView(view: View): unknown {
  return {
    ...view,
    world: { ...view.world, cuts: [...view.world.cuts].sort() },
    nodes: Object.values(view.nodes).map((node) => ({
      ...node,
      log: node.log.toArray(),
      store: Object.fromEntries(node.store),
      overwritten: node.overwritten.toArray(),
      disk: { ...node.disk, log: node.disk.log.toArray() },
      diskCopy: node.diskCopy && { ...node.diskCopy, log: node.diskCopy.log.toArray() },
      unsynced: node.unsynced.map((disk) => ({ ...disk, log: disk.log.toArray() })),
      diskWrite: node.diskWrite === undefined ? undefined : { ...node.diskWrite, log: node.diskWrite.log.toArray() },
    })),
    messages: [...view.messages.values()],
    requests: view.requests.toArray(),
  };
}
