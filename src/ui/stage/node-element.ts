import type { NodeId } from '../../raft/entry.ts';

/** Gives the focus to the mark of a node. Marks are named by node, so that tests and styles can point at them too. */
export function focusNode(area: Element | null, node: NodeId): void {
  const element = area?.querySelector(`[data-node="${CSS.escape(node)}"]`);
  if (element instanceof SVGElement) element.focus({ preventScroll: true });
}
