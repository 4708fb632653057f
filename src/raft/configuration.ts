import type { NodeId } from './node-id.ts';

/**
 * Who belongs to the cluster (§6, thesis 4). It stands in the log like any other entry, and a node goes by the last one in
 * its log, committed or not (thesis 4.1). No name stands twice in one list.
 */
export interface Configuration {
  /** Who votes and counts. In a joint configuration: the voters of the new one. */
  readonly voters: readonly NodeId[];
  /** In a joint configuration (§6) the voters of the old one, without whose majority nothing is agreed; else empty. */
  readonly outgoing: readonly NodeId[];
  /** Who gets the log, but neither votes nor counts (thesis 4.2.1). Who is also in `outgoing` votes until that ends. */
  readonly learners: readonly NodeId[];
  /** Of a joint configuration: the leader ends it as soon as it is committed; otherwise it waits to be told. */
  readonly leavesByItself: boolean;
}

/** The plain configuration of these voters and nobody else. */
export function configurationOf(voters: readonly NodeId[]): Configuration {
  return { voters, outgoing: [], learners: [], leavesByItself: false };
}

/** Whether two majorities have to agree. */
export function isJoint({ outgoing }: Configuration): boolean {
  return outgoing.length > 0;
}

/** Whether it may stand for election and its vote counts. */
export function isVoter({ voters, outgoing }: Configuration, id: NodeId): boolean {
  return voters.includes(id) || outgoing.includes(id);
}

/** Everybody who gets the log, each once: voters, then those on their way out, then learners. */
export function membersOf({ voters, outgoing, learners }: Configuration): readonly NodeId[] {
  return [...new Set([...voters, ...outgoing, ...learners])];
}

/** Whether they name the same nodes in the same places. */
export function isSameConfiguration(one: Configuration, other: Configuration): boolean {
  return (
    one === other ||
    (one.leavesByItself === other.leavesByItself &&
      haveSameNames(one.voters, other.voters) &&
      haveSameNames(one.outgoing, other.outgoing) &&
      haveSameNames(one.learners, other.learners))
  );
}

function haveSameNames(some: readonly NodeId[], others: readonly NodeId[]): boolean {
  return some.length === others.length && some.every((id, position) => id === others[position]);
}
