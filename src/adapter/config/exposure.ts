import type { NodeId } from '../../raft/entry.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { hostPortText, isLoopback } from './host-port.ts';

/**
 * Why this node may not listen where it is told to: what can be reached from other machines needs a token, or TLS with an
 * authority by which clients and nodes are verified. Undefined where it may. One sentence.
 */
export function exposureFault({ nodes, token, tls }: ClusterConfig, id: NodeId): string | undefined {
  const open = nodes.get(id)?.listens.find(({ host }) => !isLoopback(host));
  if (open === undefined || token !== undefined || tls !== undefined) return undefined;
  return `${id} would listen at ${hostPortText(open)}, where other machines can reach it, without a token and without TLS that verifies who calls: set token (or WHITEWATER_TOKEN) or tls in the configuration.`;
}
