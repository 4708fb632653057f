import type { NodeId } from '../../raft/entry.ts';
import type { Action } from '../../timeline/action.ts';
import { isAction } from '../../timeline/action-fault.ts';

/** The new name of a node; undefined for one that is no more. */
export type Rename = (node: NodeId) => NodeId | undefined;

/** The fields of actions that hold the name of a node, or names. */
const NAMES: ReadonlySet<string> = new Set(['node', 'from', 'to', 'with', 'nodes', 'voters', 'groups']);

/**
 * An action with its nodes renamed, without those that are no more; undefined where nothing of it is left. It goes by the
 * names of fields, and so it need not know each action.
 */
export function renamedAction(action: Action, rename: Rename): Action | undefined {
  const renamed = renamedFields(action, rename);
  return isAction(renamed) ? renamed : undefined;
}

function renamedFields(holder: object, rename: Rename): object | undefined {
  const fields: [string, unknown][] = [];
  for (const [field, value] of Object.entries(holder) as [string, unknown][]) {
    const next = renamedValue(field, value, rename);
    if (next === undefined && value !== undefined) return undefined;
    fields.push([field, next]);
  }
  return Object.fromEntries(fields);
}

function renamedValue(field: string, value: unknown, rename: Rename): unknown {
  if (typeof value === 'string') return NAMES.has(field) ? rename(value) : value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => renamedValue(field, item, rename)).filter((item) => item !== undefined);
    // A group may be left empty; what names nobody at all has nothing to say.
    return items.length === 0 && value.length > 0 && field !== 'groups' ? undefined : items;
  }
  return typeof value === 'object' && value !== null ? renamedFields(value, rename) : value;
}
