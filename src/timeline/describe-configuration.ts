import { isJoint, type Configuration } from '../raft/configuration.ts';
import type { NodeId } from '../raft/entry.ts';

/** A configuration in words, as it goes on from "the members are". */
export function describeConfiguration(configuration: Configuration): string {
  const { voters, outgoing, learners } = configuration;
  const helpers = learners.length === 0 ? '' : `, with ${listed(learners)} learning`;
  if (!isJoint(configuration)) return `${listed(voters)}${helpers}`;
  return `${listed(voters)} jointly with ${listed(outgoing)}${helpers}`;
}

function listed(ids: readonly NodeId[]): string {
  if (ids.length === 0) return 'nobody';
  return ids.length === 1 ? String(ids[0]) : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;
}
