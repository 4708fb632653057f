import { configurationOf, type Configuration } from '../raft/configuration.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipStanding } from '../raft/membership-refusal.ts';
import { termAt } from './node-log.ts';
import type { NodeView, View } from './view.ts';

/**
 * What a node is to a configuration. In a joint one who votes only in the new configuration is `incoming`, who votes only in
 * the old one `outgoing`, and who votes in both a `voter`.
 */
export type Membership = 'voter' | 'incoming' | 'outgoing' | 'learner' | 'outsider';

export function membershipIn({ voters, outgoing, learners }: Configuration, id: NodeId): Membership {
  if (outgoing.length > 0) {
    if (voters.includes(id)) return outgoing.includes(id) ? 'voter' : 'incoming';
    if (outgoing.includes(id)) return 'outgoing';
  } else if (voters.includes(id)) return 'voter';
  return learners.includes(id) ? 'learner' : 'outsider';
}

/**
 * By whom the cluster goes: the configuration of the leader of the highest term, or where nobody leads, of who has the most
 * up-to-date log; nodes that are down count only where all are.
 */
export function presentConfiguration(view: View): Configuration {
  const known = configurations.get(view) ?? findConfiguration(view);
  configurations.set(view, known);
  return known;
}

/** Every node on the screen asks for it, at every frame. */
const configurations = new WeakMap<View, Configuration>();

function findConfiguration(view: View): Configuration {
  const nodes = view.world.nodes.flatMap((id) => view.nodes[id] ?? []);
  const running = nodes.filter(({ id }) => view.world.machines[id]?.status !== 'down');
  const among = running.length > 0 ? running : nodes;
  const leaders = among.filter(({ role }) => role === 'leader');
  const best = leaders.length > 0 ? highest(leaders, ({ term }) => [term]) : highest(among, logEnd);
  return best?.configuration ?? configurationOf([]);
}

/** What decides whether that node may change the membership, as far as it can be seen: silence is not. */
export function membershipStanding(node: NodeView): MembershipStanding {
  const { log, commitIndex, progress } = node;
  return {
    isLeader: node.role === 'leader',
    isTransferring: node.transferTo !== undefined,
    term: node.term,
    configuration: node.configuration,
    configurationIndex: log.findLast(({ type }) => type === 'configuration')?.index ?? 0,
    commitIndex,
    commitTerm: termAt(node, commitIndex),
    peer: (id) => {
      const peer = progress[id];
      return peer && { matchIndex: peer.matchIndex, silentUs: 0 };
    },
    timeoutUs: 1,
  };
}

function logEnd({ base, log }: NodeView): readonly number[] {
  const last = log.last() ?? base;
  return [last.term, last.index];
}

/** The first of those whose numbers are the highest, compared one after the other. */
function highest(nodes: readonly NodeView[], numbersOf: (node: NodeView) => readonly number[]): NodeView | undefined {
  return nodes.reduce<NodeView | undefined>((best, node) => {
    if (best === undefined) return node;
    const others = numbersOf(best);
    const place = numbersOf(node).findIndex((number, at) => number !== others[at]);
    return place >= 0 && (numbersOf(node)[place] ?? 0) > (others[place] ?? 0) ? node : best;
  }, undefined);
}
