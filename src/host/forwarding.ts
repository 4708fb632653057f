import type { ClientReply, ClientRequest } from '../kv/client-message.ts';
import type { NodeId } from '../raft/entry.ts';
import type { ActorId } from '../timeline/event.ts';

/**
 * What a node hands on to `leader` instead of refusing a client's request (thesis 6.2); undefined where it is to refuse:
 * it knows of no leader, or the request was handed on already. So it goes from hand to hand once, and never in a circle.
 * The node keeps nothing of it: the answer says whom it is for.
 */
export function handedOn(
  request: ClientRequest,
  client: ActorId,
  leader: NodeId | undefined,
): ClientRequest | undefined {
  if (leader === undefined || request.forwardedFor !== undefined) return undefined;
  return { ...request, forwardedFor: client };
}

/** Whom a node passes an answer on to, and what it passes on: with the hint who gave it. Undefined where it is not for a client of another. */
export function passedBack(
  reply: ClientReply,
  answeredBy: NodeId,
): { readonly client: ActorId; readonly reply: ClientReply } | undefined {
  const { type, requestId, outcome, forwardedFor: client } = reply;
  return client === undefined ? undefined : { client, reply: { type, requestId, outcome, answeredBy } };
}
