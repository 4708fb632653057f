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
      node.ask(message, (outcome, answeredBy) => {
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
