import type { NodeHost } from '../../src/host/node-host.ts';
import type { NodeView } from '../../src/timeline/view.ts';

/** What a node says of itself, in plain data. */
export function selfPortrait({ core, store }: NodeHost, peers: readonly string[]): Record<string, unknown> {
  return {
    id: core.id,
    role: core.role,
    term: core.term,
    votedFor: core.votedFor,
    leader: core.leader,
    votes: Object.fromEntries(core.votes),
    configuration: core.configuration,
    log: core.log.slice(1, core.lastIndex),
    durableIndex: core.durableIndex,
    commitIndex: core.commitIndex,
    lastApplied: core.lastApplied,
    progress: Object.fromEntries(
      peers.flatMap((peer) => {
        const progress = core.progress(peer);
        if (progress === undefined) return [];
        const { nextIndex, matchIndex, state } = progress;
        const { messages, bytes } = progress.inFlight;
        return [[peer, { nextIndex, matchIndex, state, inFlight: { messages, bytes } }]];
      }),
    ),
    deadlineUs: core.deadlineUs,
    transferTo: core.transfer?.to,
    store: Object.fromEntries(store.entries()),
  };
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
    log: view.log.toArray(),
    durableIndex: view.durableIndex,
    commitIndex: view.commitIndex,
    lastApplied: view.lastApplied,
    progress: view.progress,
    deadlineUs: view.deadlineUs,
    transferTo: view.transferTo,
    store: view.store.toObject(),
  };
}
