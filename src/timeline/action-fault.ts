import { safeParse } from 'valibot';
import { checkOperation } from '../kv/limits.ts';
import type { NodeId } from '../raft/entry.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Action, DirectedLink } from './action.ts';
import { actionSchema } from './run-schema.ts';
import { faultOf } from './schema-fault.ts';
import { listed } from './words.ts';

/** What is wrong with an action in itself, one sentence; undefined if nothing is. */
export function shapeFault(action: Action): string | undefined {
  const parsed = safeParse(actionSchema, action);
  return parsed.success ? contentFault(action) : faultOf(parsed.issues, 'The action');
}

/** What a schema cannot see: a link to itself, a node in two groups, a key or value over its limit. */
export function contentFault(action: Action): string | undefined {
  if (action.type === 'request') return checkOperation(action.operation);
  if (action.type === 'transfer' && action.from === action.to) return `${action.to} cannot hand its lead to itself.`;
  const own = linksOf(action).find(({ from, to }) => from === to);
  if (own !== undefined) return `${own.from} has no link to itself.`;
  if (action.type !== 'split') return undefined;
  const named = action.groups.flat();
  const twice = named.find((node, position) => named.indexOf(node) !== position);
  return twice === undefined ? undefined : `${twice} stands twice in the groups.`;
}

/** The first node that an action names and the cluster has not, as a sentence. */
export function unknownNode(action: Action, nodes: readonly NodeId[]): string | undefined {
  const stranger = nodesOf(action).find((node) => !nodes.includes(node));
  return stranger === undefined ? undefined : `${stranger} is not a node of this cluster: it has ${rangeOf(nodes)}.`;
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
      return [action.node];
    case 'transfer':
      return [action.from, action.to];
    case 'cut':
    case 'heal':
    case 'set-links':
      return linksOf(action).flatMap(({ from, to }) => [from, to]);
    case 'split':
      return action.groups.flat();
    case 'set-disk':
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

function linksOf(action: Action): readonly DirectedLink[] {
  return 'links' in action ? (action.links ?? []) : [];
}

function rangeOf(nodes: readonly NodeId[]): string {
  return nodes.length < 3 ? listed(nodes) : `${nodes[0]} to ${nodes.at(-1)}`;
}
