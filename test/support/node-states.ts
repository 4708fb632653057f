import type { NodeHost } from '../../src/host/node-host.ts';
import type { RaftNode } from '../../src/raft/raft-node.ts';
import type { Progress } from '../../src/raft/raft-state.ts';
import type { NodeView, PeerView } from '../../src/timeline/view.ts';
import { momentOfReading } from '../../src/timeline/node-clock.ts';

/** What a node says of itself, in plain data. */
export function selfPortrait({ core, store, clock }: NodeHost, peers: readonly string[]): Record<string, unknown> {
  // It counts by its own clock, and the timeline in virtual time.
  const momentOf = (readingUs: number): number | undefined =>
    readingUs === 0 ? undefined : momentOfReading(clock, readingUs);
  const { heldUntilUs, promisedUntilUs, waitUntilUs } = core.lease;
  return {
    id: core.id,
    role: core.role,
    term: core.term,
    votedFor: core.votedFor,
    leader: core.leader,
    votes: Object.fromEntries(core.votes),
    configuration: core.configuration,
    base: core.log.base,
    log: core.log.slice(core.log.base.index + 1, core.lastIndex),
    snapshot: core.snapshot && {
      index: core.snapshot.index,
      term: core.snapshot.term,
      bytes: core.snapshot.data.length,
    },
    receiving: receivingOf(core),
    durableIndex: core.durableIndex,
    commitIndex: core.commitIndex,
    lastApplied: core.lastApplied,
    progress: Object.fromEntries(
      peers.flatMap((peer) => {
        const progress = core.progress(peer);
        return progress === undefined ? [] : [[peer, { ...knownOf(progress), ...sendingOf(progress) }]];
      }),
    ),
    deadlineUs: momentOfReading(clock, core.deadlineUs),
    transferTo: core.transfer?.to,
    waitingReads: core.waitingReads,
    heldUntilUs: momentOf(heldUntilUs),
    promisedUntilUs: momentOf(promisedUntilUs),
    waitUntilUs: core.role === 'leader' ? momentOf(waitUntilUs) : undefined,
    store: Object.fromEntries(store.entries()),
  };
}

function knownOf({ nextIndex, matchIndex, state, inFlight: { messages, bytes } }: Progress): PeerView {
  return { nextIndex, matchIndex, state, inFlight: { messages, bytes } };
}

function sendingOf({ sending }: Progress): Pick<PeerView, 'sending'> {
  if (sending === undefined) return {};
  const { snapshot, heldBytes } = sending;
  return { sending: { index: snapshot.index, heldBytes, totalBytes: snapshot.data.length } };
}

function receivingOf({ receiving }: RaftNode): NodeView['receiving'] {
  if (receiving === undefined) return undefined;
  const { from, index, heldBytes, totalBytes } = receiving;
  return { from, index, heldBytes, totalBytes };
}

/** The same, as the fold of the timeline has it. */
export function foldedPortrait(view: NodeView): Record<string, unknown> {
  return {
    id: view.id,
    role: view.role,
    term: view.term,
    votedFor: view.votedFor,
    leader: view.leader,
    votes: view.votes,
    configuration: view.configuration,
    base: view.base,
    log: view.log.toArray(),
    snapshot: view.snapshot,
    receiving: view.receiving,
    durableIndex: view.durableIndex,
    commitIndex: view.commitIndex,
    lastApplied: view.lastApplied,
    progress: view.progress,
    deadlineUs: view.deadlineUs,
    transferTo: view.transferTo,
    waitingReads: view.waitingReads,
    heldUntilUs: view.lease.heldUntilUs,
    promisedUntilUs: view.lease.promisedUntilUs,
    waitUntilUs: view.lease.waitUntilUs,
    store: view.store.toObject(),
  };
}
