import type { NodeId } from '../raft/entry.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { lastIndexOf } from '../timeline/node-log.ts';
import { membershipIn, presentConfiguration } from '../timeline/membership.ts';
import type { View } from '../timeline/view.ts';
import type { ClockStatus, ClusterStatus, NodeStatus } from './cluster-control.ts';

/** The running leader of the highest term, if there is one. */
export function leaderOf(view: View): NodeId | undefined {
  let leader: NodeId | undefined;
  for (const id of view.world.nodes) {
    const node = view.nodes[id];
    if (node?.role !== 'leader' || view.world.machines[id]?.status === 'down') continue;
    if (leader === undefined || node.term > (view.nodes[leader]?.term ?? 0)) leader = id;
  }
  return leader;
}

/** The cluster in plain data, as the fold of its timeline has it. */
export function statusOf(view: View, clock: ClockStatus, seed: number, config: RunConfig): ClusterStatus {
  const configuration = presentConfiguration(view);
  const nodes = view.world.nodes.flatMap((id): NodeStatus[] => {
    const node = view.nodes[id];
    const machine = view.world.machines[id];
    if (node === undefined || machine === undefined) return [];
    const { role, term, votedFor, leader, commitIndex, lastApplied } = node;
    return [
      {
        id,
        status: machine.status,
        role,
        membership: membershipIn(configuration, id),
        term,
        votedFor,
        leader,
        commitIndex,
        lastApplied,
        lastLogIndex: lastIndexOf(node),
        logBaseIndex: node.base.index,
        snapshotIndex: node.snapshot?.index ?? 0,
        store: node.store.toObject(),
        failure: machine.failure ?? node.halted,
      },
    ];
  });
  const term = Math.max(0, ...nodes.map((node) => node.term));
  return { clock, seed, config, leader: leaderOf(view), term, nodes, configuration, cuts: [...view.world.cuts] };
}
