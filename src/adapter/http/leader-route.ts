import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServedNode } from './served-node.ts';
import { Problem } from './problem.ts';

/** Where this node's leader is to be found; undefined where it leads itself, or knows of none that it could reach. */
export function leaderElsewhere(node: ServedNode): { readonly id: string; readonly address: string } | undefined {
  const { leader, id } = node.status();
  if (leader === undefined || leader === id) return undefined;
  const address = node.peers().find((peer) => peer.id === leader)?.address;
  return address === undefined || address === '' ? undefined : { id: leader, address };
}

/** Sends the client on to the leader, with the same method and body (RFC 9110, 15.4.8). */
export function redirect(
  request: FastifyRequest,
  reply: FastifyReply,
  leader: { readonly id: string; readonly address: string },
): FastifyReply {
  const location = `${request.protocol}://${leader.address}${request.url}`;
  return reply.code(307).header('location', location).header('whitewater-leader', leader.id).send();
}

/** For what only a leader can begin: the problem of a node that is none and knows of none. */
export function noLeader(node: ServedNode): Problem {
  return new Problem('not-taken', `${node.id} does not lead, and knows of no leader that it could ask.`, {
    outcome: 'not-taken',
  });
}
