import { membersOf, type Configuration } from '../../raft/configuration.ts';
import type { NodeId } from '../../raft/entry.ts';

/** Of larger clusters than this it is not looked whether two configurations can decide apart: it would take too long. */
export const MAX_MEMBERS = 14;

/** Whether these nodes can decide something: a majority of the voters, and of the old ones as well where two hold jointly (§6). */
export function isQuorum({ voters, outgoing }: Configuration, nodes: ReadonlySet<NodeId>): boolean {
  return hasMajority(voters, nodes) && (outgoing.length === 0 || hasMajority(outgoing, nodes));
}

/** A set of nodes that can decide something by the one configuration while the rest can by the other; undefined if there is none. */
export function quorumApart(one: Configuration, other: Configuration): readonly NodeId[] | undefined {
  const members = [...new Set([...membersOf(one), ...membersOf(other)])];
  if (members.length > MAX_MEMBERS) return undefined;
  for (let chosen = 0; chosen < 2 ** members.length; chosen += 1) {
    const some = new Set(members.filter((_, place) => (chosen & (2 ** place)) !== 0));
    if (!isQuorum(one, some)) continue;
    const rest = new Set(members.filter((id) => !some.has(id)));
    if (isQuorum(other, rest)) return [...some];
  }
  return undefined;
}

function hasMajority(members: readonly NodeId[], nodes: ReadonlySet<NodeId>): boolean {
  let count = 0;
  for (const id of members) if (nodes.has(id)) count += 1;
  return count > members.length / 2;
}
