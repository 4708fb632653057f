import { isImmutable, type List, type OrderedMap } from 'immutable';
import type { NodeId } from '../raft/entry.ts';
import type { MessageView, NodeView, RequestView, View } from './view.ts';
import type { World } from './world.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export type NodeDraft = Mutable<NodeView>;

/**
 * A view while a batch of events is folded into it. What the batch has copied it `owns` and may change in place; all else
 * still belongs to the view that it started from. Collections inside may be mutable copies until {@link closeDraft}.
 */
export interface Draft {
  atUs: number;
  eventCount: number;
  world: World;
  nodes: Readonly<Record<NodeId, NodeView>>;
  messages: OrderedMap<string, MessageView>;
  requests: List<RequestView>;
  readonly owns: Set<object>;
}

export function openDraft(view: View): Draft {
  return { ...view, owns: new Set() };
}

export function closeDraft(draft: Draft): View {
  for (const node of Object.values(draft.nodes)) {
    if (!draft.owns.has(node)) continue;
    // Both give back the collection itself, now closed to changes.
    node.log.asImmutable();
    node.store.asImmutable();
  }
  const { atUs, eventCount, world, nodes } = draft;
  return {
    atUs,
    eventCount,
    world,
    nodes,
    messages: draft.messages.asImmutable(),
    requests: draft.requests.asImmutable(),
  };
}

/** The object itself if the batch has already copied it, else its copy, which may be changed in place. */
export function own<T extends object>(draft: Draft, value: T): Mutable<T> {
  if (draft.owns.has(value)) return value;
  const copy = { ...value };
  draft.owns.add(copy);
  return copy;
}

/** The node, to be changed in place; undefined for an actor that is no node of this cluster. */
export function nodeDraft(draft: Draft, id: NodeId): NodeDraft | undefined {
  const node = draft.nodes[id];
  if (node === undefined || draft.owns.has(node)) return node;
  const copy = own(draft, node);
  const nodes = own<Record<NodeId, NodeView>>(draft, draft.nodes);
  nodes[id] = copy;
  draft.nodes = nodes;
  return copy;
}

/** A copy of the collection that changes in place, or the collection itself if it already does. */
export function opened<T extends { asMutable(): T }>(collection: T): T {
  return isImmutable(collection) ? collection.asMutable() : collection;
}
