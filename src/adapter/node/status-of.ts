import type { NodeDriver } from '../../host/node-driver.ts';
import type { LinkStatus } from '../transport/peer-link.ts';
import type { NodeStatus } from './node-status.ts';

type Told = Omit<NodeStatus, 'id' | 'clusterId' | 'startedMs' | 'questions' | 'counts' | 'failure'>;

/** What a driver and its links say of themselves. */
export function statusOf({ core, store, pendingCount }: NodeDriver, links: readonly LinkStatus[]): Told {
  const { snapshot } = core;
  return {
    role: core.role,
    term: core.term,
    leader: core.leader,
    votedFor: core.votedFor,
    configuration: core.configuration,
    commitIndex: core.commitIndex,
    lastApplied: core.lastApplied,
    lastIndex: core.lastIndex,
    firstIndex: core.log.base.index + 1,
    durableIndex: core.durableIndex,
    snapshot: snapshot && { index: snapshot.index, term: snapshot.term, bytes: snapshot.data.length },
    keys: store.size,
    sessions: store.sessionInfo.sessions,
    proposals: pendingCount,
    transferTo: core.transfer?.to,
    peers: links.map((link) => {
      const progress = core.progress(link.id);
      return {
        ...link,
        matchIndex: progress?.matchIndex,
        nextIndex: progress?.nextIndex,
        replication: progress?.state,
      };
    }),
  };
}
