import type { FastifyReply, FastifyRequest } from 'fastify';
import type { NodeId } from '../../raft/entry.ts';
import type { ServedNode } from './served-node.ts';
import { Problem } from './problem.ts';

/** Another node, which leads. */
export interface LeaderElsewhere {
  readonly id: NodeId;
  /** `host:port` each. */
  readonly addresses: SomeAddresses;
}

type SomeAddresses = readonly [string, ...string[]];

/** Where this node's leader is to be found; undefined where it leads itself, or knows of none that it could reach. */
export function leaderElsewhere(node: ServedNode): LeaderElsewhere | undefined {
  const { leader, id } = node.status();
  if (leader === undefined || leader === id) return undefined;
  const [first, ...others] = node.peers().find((peer) => peer.id === leader)?.addresses ?? [];
  return first === undefined ? undefined : { id: leader, addresses: [first, ...others] };
}

/**
 * Sends the client on to the leader, with the same method and body (RFC 9110, 15.4.8). Where nodes are in several networks it is
 * sent to that address of the leader that stands where this node's own stands that it asked: in the same network, it may be hoped.
 */
export function redirect(
  request: FastifyRequest,
  reply: FastifyReply,
  node: ServedNode,
  leader: LeaderElsewhere,
): FastifyReply {
  const own = node.peers().find(({ id }) => id === node.id)?.addresses ?? [];
  const address = leader.addresses[own.indexOf(request.headers.host ?? '')] ?? leader.addresses[0];
  const location = `${request.protocol}://${address}${request.url}`;
  return reply.code(307).header('location', location).header('whitewater-leader', leader.id).send();
}

/** For what only a leader can begin: the problem of a node that is none and knows of none. */
export function noLeader(node: ServedNode): Problem {
  return new Problem('not-taken', `${node.id} does not lead, and knows of no leader that it could ask.`, {
    outcome: 'not-taken',
  });
}
