import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { isVoter } from '../raft/configuration.ts';
import { changeOf } from '../raft/membership-refusal.ts';
import { paperRules } from '../raft/rules.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Action, DirectedLink } from './action.ts';
import { cannotStart, shapeFault, unknownNode } from './action-fault.ts';
import { refusalSentence } from './describe-membership.ts';
import { membershipStanding } from './membership.ts';
import type { View } from './view.ts';
import { listedLinks } from './words.ts';
import { changeWorld, type World } from './world.ts';

export { inverseOf } from './inverse.ts';

export type Availability = { readonly possible: true } | { readonly possible: false; readonly reason: string };

type NodeAction = Extract<Action, { readonly node: NodeId }>;

/**
 * Whether an action can be done and would change anything; if not, one sentence why. `view`, where it is given, lets it
 * see who leads. A request is always possible, within its limits: what comes of it is its fate.
 */
export function wouldChange(world: World, action: Action, view?: View): Availability {
  const reason = shapeFault(action) ?? unknownNode(action, world.nodes) ?? vanity(world, action, view);
  return reason === undefined ? { possible: true } : { possible: false, reason };
}

/** Why it would change nothing. */
function vanity(world: World, action: Action, view: View | undefined): string | undefined {
  switch (action.type) {
    case 'request':
      return undefined;
    case 'time-out-now':
      return cannotTimeOut(world, action.node, view);
    case 'transfer':
      return cannotTransfer(world, action, view);
    case 'snapshot':
      return cannotSnapshot(world, action.node, view);
    case 'start-node':
      return cannotStart(action.node, world.nodes);
    case 'change-membership':
      return cannotChange(world, action, view);
    case 'power-failure':
      if (action.clients) return undefined;
      break;
    case 'set-links':
      if (Object.keys(action.quality).length === 0) {
        return 'It sets nothing: neither latency nor loss, duplication, reordering or replay.';
      }
      break;
    case 'damage-disk':
      return cannotDamage(world, action, view);
    case 'set-disk':
      if ((action.latency ?? action.writes ?? action.unsynced) === undefined) return 'It sets nothing of the disk.';
      break;
    default:
  }
  // Whether anything changes is told by doing it: the moment has no say in that.
  if (changeWorld(world, action, 0) !== world) return undefined;
  return 'node' in action ? nodeUnchanged(world, action) : worldUnchanged(world, action);
}

/** Only a disk that nobody uses: a node reads its own just when it starts. */
function cannotDamage(
  world: World,
  { node, damage }: Extract<Action, { readonly type: 'damage-disk' }>,
  view: View | undefined,
): string | undefined {
  if (world.machines[node]?.status !== 'down') return `${node} is not down: kill it first.`;
  const disk = view?.nodes[node]?.disk;
  if (disk === undefined || damage.type === 'torn-write') return undefined;
  const [first, last] = [disk.base.index + 1, disk.base.index + disk.log.size];
  if (damage.type === 'flip-byte' && damage.record === 'snapshot') {
    return disk.snapshot === undefined ? `${node}'s disk holds no snapshot.` : undefined;
  }
  if (damage.type === 'flip-byte' && damage.record !== 'entry') return undefined;
  if (last < first) return `${node}'s disk holds no entries.`;
  const [from, to] =
    damage.type === 'lose-entries' ? [damage.from, damage.to] : [damage.index ?? last, damage.index ?? last];
  return to < first || from > last ? `${node}'s disk holds entries ${first} to ${last}.` : undefined;
}

function cannotTimeOut(world: World, node: NodeId, view: View | undefined): string | undefined {
  const cannotAct = standsStill(world, node, view);
  if (cannotAct !== undefined) return cannotAct;
  return view?.nodes[node]?.role === 'leader' ? `${node} leads, and a leader has no election timer.` : undefined;
}

function standsStill(world: World, node: NodeId, view: View | undefined): string | undefined {
  const status = world.machines[node]?.status;
  if (status === 'down') return `${node} is down.`;
  if (status === 'paused') return `${node} is paused, and handles nothing until it is resumed.`;
  return view?.nodes[node]?.halted === undefined ? undefined : `${node} has stopped for good.`;
}

function cannotSnapshot(world: World, id: NodeId, view: View | undefined): string | undefined {
  const cannotAct = standsStill(world, id, view);
  const node = view?.nodes[id];
  if (cannotAct !== undefined || node === undefined) return cannotAct;
  if (node.lastApplied === 0) return `${id} has applied nothing that a snapshot could hold.`;
  const { index } = node.snapshot ?? { index: 0 };
  return node.lastApplied > index
    ? undefined
    : `${id} has applied nothing since its last snapshot, up to index ${index}.`;
}

/** The other may well be down or cut off: the leader cannot know, and gives up after a while. */
function cannotTransfer(
  world: World,
  { from, to }: Extract<Action, { readonly type: 'transfer' }>,
  view: View | undefined,
): string | undefined {
  const cannotAct = standsStill(world, from, view);
  if (cannotAct !== undefined) return cannotAct;
  const node = view?.nodes[from];
  if (node === undefined) return undefined;
  if (node.role !== 'leader') return `${from} does not lead.`;
  // A view that has not been told by whom it goes says nothing.
  if (node.configuration.voters.length > 0 && !isVoter(node.configuration, to)) return `${to} has no vote.`;
  return node.transferTo === undefined ? undefined : `${from} is handing its lead over to ${node.transferTo} already.`;
}

/** As far as it can be seen: the leader has the last word. */
function cannotChange(
  world: World,
  { from, change }: Extract<Action, { readonly type: 'change-membership' }>,
  view: View | undefined,
): string | undefined {
  const cannotAct = standsStill(world, from, view);
  if (cannotAct !== undefined) return cannotAct;
  const node = view?.nodes[from];
  if (node === undefined) return undefined;
  const next = changeOf(membershipStanding(node), change, paperRules);
  return typeof next === 'string' ? refusalSentence(next, change, from) : undefined;
}

function nodeUnchanged(world: World, action: NodeAction): string {
  const { node } = action;
  const isDown = world.machines[node]?.status === 'down';
  switch (action.type) {
    case 'kill':
    case 'crash':
      return `${node} is down already.`;
    case 'revive':
      return world.machines[node]?.status === 'paused'
        ? `${node} is not down but paused: resume it.`
        : `${node} is running already.`;
    case 'restart':
      return `${node} is down: revive it.`;
    case 'pause':
      return isDown ? `${node} is down.` : `${node} is paused already.`;
    case 'resume':
      return isDown ? `${node} is not paused but down: revive it.` : `${node} is not paused.`;
    case 'isolate':
      return world.nodes.length === 1 ? `${node} is alone: it has no links.` : `${node} is cut off already.`;
    case 'time-out-now':
      return `${node} cannot be timed out.`;
    case 'snapshot':
      return `${node} cannot take a snapshot.`;
    case 'start-node':
      return `There is a node ${node} already.`;
    case 'damage-disk':
    case 'copy-disk':
      return `${node} is not down: kill it first.`;
    case 'restore-copy':
      return isDown ? `There is no copy of ${node}'s disk.` : `${node} is not down: kill it first.`;
    case 'swap-disks':
      return `${isDown ? action.with : node} is not down: kill it first.`;
    default:
      return assertUnreachable(action);
  }
}

function worldUnchanged(world: World, action: Exclude<Action, NodeAction>): string {
  switch (action.type) {
    case 'cut':
      return action.links.length === 0 ? 'No link is named.' : `${named(action.links)} cut already.`;
    case 'heal':
      if (action.links === undefined) return 'No link is cut.';
      return action.links.length === 0 ? 'No link is named.' : `${named(action.links)} not cut.`;
    case 'clog':
      return action.links.length === 0 ? 'No link is named.' : `${named(action.links)} not clogged.`;
    case 'flap':
      if (action.links.length === 0) return 'No link is named.';
      return action.downMs === 0
        ? `${named(action.links)} steady already.`
        : `${named(action.links)} flapping already.`;
    case 'split':
      return world.cuts.size === 0
        ? 'All nodes would be in one group: nothing would be cut.'
        : 'The cluster is split like this already.';
    case 'set-links':
      return action.links === undefined
        ? 'All links are like that already.'
        : `${named(action.links)} like that already.`;
    case 'set-disk':
      return 'The disk is like that already.';
    case 'set-handling':
      return 'The nodes are as fast already.';
    case 'set-clock':
      return 'The clock runs like that already.';
    case 'jump-clock':
      return 'The clock would not move.';
    case 'power-failure':
      return 'These nodes are down already.';
    case 'power-return':
      return 'None of these nodes is down.';
    case 'transfer':
      return 'The lead cannot be handed over.';
    case 'change-membership':
      return 'The membership cannot be changed.';
    case 'request':
      return 'A request changes nothing by itself.';
    default:
      return assertUnreachable(action);
  }
}

function named(links: readonly DirectedLink[]): string {
  const names = listedLinks(links);
  return `${names} ${names.includes(' and ') ? 'are' : 'is'}`;
}
