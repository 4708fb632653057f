import { nameOf } from '../../cluster/run-command.ts';
import { parseCommand } from '../../kv/limits.ts';
import type { Operation } from '../../kv/command.ts';
import type { Entry } from '../../raft/entry.ts';

const briefs = new WeakMap<Entry, string>();

/** An entry's command in as few characters as a cell of the log has room for. */
export function entryBrief(entry: Entry): string {
  const known = briefs.get(entry);
  if (known !== undefined) return known;
  const operation = operationOf(entry);
  const brief = operation === undefined ? nameOfOther(entry) : operationBrief(operation);
  briefs.set(entry, brief);
  return brief;
}

function nameOfOther({ type }: Entry): string {
  if (type === 'command') return 'session';
  return type === 'configuration' ? 'members' : 'no-op';
}

/** What the entry asks of the store; undefined for one that asks nothing of it. */
export function operationOf(entry: Entry): Operation | undefined {
  return entry.type === 'command' ? parseCommand(entry.command)?.operation : undefined;
}

function operationBrief(operation: Operation): string {
  const key = operation.key.slice(0, 20);
  switch (operation.type) {
    case 'set':
      return `${key}=${operation.value.slice(0, 20)}`;
    case 'append':
      return `${key}+${operation.value.slice(0, 20)}`;
    default:
      return nameOf(operation);
  }
}
