import { safeParse } from 'valibot';
import { checkOperation } from '../kv/limits.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Action, DirectedLink } from './action.ts';
import { actionSchema, MAX_NODES } from './run-schema.ts';
import { faultOf } from './schema-fault.ts';
import { listed } from './words.ts';

/** What is wrong with an action in itself, one sentence; undefined if nothing is. */
export function shapeFault(action: unknown): string | undefined {
  const parsed = safeParse(actionSchema, action);
  return parsed.success ? contentFault(parsed.output) : faultOf(parsed.issues, 'The action');
}

/** Whether this is an action in which nothing is wrong in itself. */
export function isAction(value: unknown): value is Action {
  return shapeFault(value) === undefined;
}

/** What a schema cannot see: a link to itself, a node twice in one group, a key or value over its limit. */
export function contentFault(action: Action): string | undefined {
  if (action.type === 'request') return checkOperation(action.operation);
  if (action.type === 'transfer' && action.from === action.to) return `${action.to} cannot hand its lead to itself.`;
  if (action.type === 'swap-disks' && action.node === action.with) return `${action.node} has its own disk.`;
  if (action.type === 'damage-disk' && action.damage.type === 'lose-entries' && action.damage.from > action.damage.to) {
    return `There are no entries from ${action.damage.from} to ${action.damage.to}.`;
  }
  const own = linksOf(action).find(({ from, to }) => from === to);
  if (own !== undefined) return `${own.from} has no link to itself.`;
  if (action.type === 'change-membership') return changeFault(action.change);
  if (action.type !== 'split') return undefined;
  const twice = action.groups.map(firstTwice).find((node) => node !== undefined);
  return twice === undefined ? undefined : `${twice} stands twice in one group.`;
}

function changeFault(change: MembershipChange): string | undefined {
  if (change.type !== 'set-voters') return undefined;
  if (change.voters.length === 0) return 'Nobody would be left to vote.';
  const twice = firstTwice(change.voters);
  return twice === undefined ? undefined : `${twice} stands twice among the voters.`;
}

function firstTwice(names: readonly NodeId[]): NodeId | undefined {
  return names.find((name, position) => names.indexOf(name) !== position);
}

/** The first node that an action names and the cluster has not, as a sentence. */
export function unknownNode(action: Action, nodes: readonly NodeId[]): string | undefined {
  const stranger = nodesOf(action).find((node) => !nodes.includes(node));
  return stranger === undefined ? undefined : `${stranger} is not a node of this cluster: it has ${rangeOf(nodes)}.`;
}

/** Why no machine of that name can be started beside these, as a sentence. */
export function cannotStart(node: NodeId, nodes: readonly NodeId[]): string | undefined {
  if (nodes.includes(node)) return `There is a node ${node} already.`;
  return nodes.length < MAX_NODES ? undefined : `There are ${MAX_NODES} nodes, which is the most.`;
}

function nodesOf(action: Action): readonly NodeId[] {
  switch (action.type) {
    case 'kill':
    case 'revive':
    case 'restart':
    case 'pause':
    case 'resume':
    case 'time-out-now':
    case 'isolate':
    case 'snapshot':
    case 'crash':
    case 'damage-disk':
    case 'copy-disk':
    case 'restore-copy':
      return [action.node];
    case 'swap-disks':
      return [action.node, action.with];
    case 'transfer':
      return [action.from, action.to];
    case 'start-node':
      // It is the one that is not there yet.
      return [];
    case 'change-membership':
      return [action.from, ...namedIn(action.change)];
    case 'cut':
    case 'heal':
    case 'set-links':
    case 'clog':
    case 'flap':
      return linksOf(action).flatMap(({ from, to }) => [from, to]);
    case 'split':
      return action.groups.flat();
    case 'set-disk':
    case 'set-handling':
    case 'set-clock':
    case 'jump-clock':
      return action.nodes ?? [];
    case 'power-failure':
    case 'power-return':
      return action.nodes;
    case 'request':
      return action.operation.type === 'get' && action.operation.node !== undefined ? [action.operation.node] : [];
    default:
      return assertUnreachable(action);
  }
}

function namedIn(change: MembershipChange): readonly NodeId[] {
  if ('node' in change) return [change.node];
  return change.type === 'set-voters' ? change.voters : [];
}

function linksOf(action: Action): readonly DirectedLink[] {
  return 'links' in action ? (action.links ?? []) : [];
}

function rangeOf(nodes: readonly NodeId[]): string {
  const isWhole = nodes.length > 2 && nodes.every((node, place) => node === `n${place + 1}`);
  return isWhole ? `${nodes[0]} to ${nodes.at(-1)}` : listed(nodes);
}
