import { membersOf } from '../../raft/configuration.ts';
import type { ClusterNode } from '../node/cluster-node.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** Has the supervisor hear who belongs to the cluster: each configuration that this node knows to be committed. */
export function tellMembers(node: Pick<ClusterNode, 'core' | 'subscribe'>, supervised: SupervisedProcess): void {
  let told = -1;
  const look = (): void => {
    const { configuration, configurationIndex, commitIndex } = node.core;
    if (configurationIndex === told || configurationIndex > commitIndex) return;
    told = configurationIndex;
    const members = membersOf(configuration);
    if (members.length > 0) supervised.members(configurationIndex, members);
  };
  node.subscribe(look);
  look();
}
