import type { ClientRead, ClientRequest } from '../../kv/client-message.ts';
import type { ClusterConfig } from '../config/cluster-config.ts';
import type { ServedNode } from '../http/served-node.ts';
import { ClerkDesk } from './clerk-desk.ts';

/** The clerk of a process that has a node in it. It asks this node alone, which hands on what is for the leader. */
export function localDesk(
  node: Pick<ServedNode, 'id' | 'ask' | 'core' | 'subscribe'>,
  { run, limits }: ClusterConfig,
): ClerkDesk {
  const desk = new ClerkDesk({
    // No name is used twice: a process that starts anew begins another session.
    client: `${node.id}-${crypto.randomUUID().slice(0, 13)}`,
    nodes: [node.id],
    attemptTimeoutUs: run.client.attemptTimeoutMs * 1_000,
    deadlineUs: run.client.deadlineMs * 1_000,
    retryDelayUs: run.client.retryDelayMs * 1_000,
    forwarding: true,
    readMode: run.reads ?? 'follower',
    maxInFlight: limits.waiting,
    maxQueued: limits.waiting,
    send: (to, message) =>
      node.ask(asAnsweredHere(message, node.core.leader === node.id), (outcome, answeredBy) => {
        const { requestId } = message;
        desk.answered(to, { type: 'client-reply', requestId, outcome, ...(answeredBy && { answeredBy }) });
      }),
  });
  let known = node.core.leader;
  node.subscribe(() => {
    const { leader } = node.core;
    if (leader === undefined || leader === known) return;
    known = leader;
    desk.askAgain();
  });
  return desk;
}

/** Where this node does not lead, it answers with its leader's read index what only the leader could answer by itself. */
function asAnsweredHere(message: ClientRequest | ClientRead, isLeader: boolean): ClientRequest | ClientRead {
  if (isLeader || message.type !== 'client-read') return message;
  const isForLeader = message.mode === 'read-index' || message.mode === 'lease';
  return isForLeader ? { ...message, mode: 'follower' } : message;
}
