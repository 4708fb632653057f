import type { KvStateMachine } from '../kv/state-machine.ts';
import type { NodeId } from '../raft/entry.ts';
import { membersOf } from '../raft/configuration.ts';
import type { RaftNode } from '../raft/raft-node.ts';
import type { LogPlace } from '../raft/snapshot.ts';
import type { NodePicture } from '../timeline/picture.ts';
import type { PeerView } from '../timeline/view.ts';

/** The most entries of its log's end, and the most keys, that a picture tells. */
export const MAX_PICTURE_ENTRIES = 1_000;
export const MAX_PICTURE_KEYS = 1_000;
/** The most characters of values and commands in a picture, roughly: past it the rest is left untold. */
export const MAX_PICTURE_CHARACTERS = 4_000_000;

/** What is to be told of, between two turns; `momentOf` turns a reading of the node's own clock into a moment. */
export interface Portrayed {
  readonly core: RaftNode;
  readonly store: KvStateMachine;
  readonly momentOf: (readingUs: number) => number;
  /** Left out: {@link MAX_PICTURE_CHARACTERS}. */
  readonly maxCharacters?: number;
}

/** The node in plain data, of a bounded size. Its disk's term and vote are taken for those that it goes by. */
export function pictureOf({ core, store, momentOf, maxCharacters = MAX_PICTURE_CHARACTERS }: Portrayed): NodePicture {
  const { term, votedFor, role, lease, receiving, snapshot } = core;
  const moment = (readingUs: number): number | undefined => (readingUs === 0 ? undefined : momentOf(readingUs));
  const { base, entries } = endOfLog(core, maxCharacters / 2);
  const keys = someOf(store, maxCharacters / 2);
  return {
    role,
    term,
    votedFor,
    leader: core.leader,
    votes: Object.fromEntries(core.votes),
    configuration: core.configuration,
    base,
    entries,
    snapshot: snapshot && { index: snapshot.index, term: snapshot.term, bytes: snapshot.data.length },
    receiving: receiving && {
      from: receiving.from,
      index: receiving.index,
      heldBytes: receiving.heldBytes,
      totalBytes: receiving.totalBytes,
    },
    durableIndex: core.durableIndex,
    disk: { term, votedFor },
    commitIndex: core.commitIndex,
    lastApplied: core.lastApplied,
    progress: progressOf(core),
    deadlineUs: core.halted === undefined ? momentOf(core.deadlineUs) : 0,
    transferTo: core.transfer?.to,
    waitingReads: core.waitingReads,
    lease: {
      heldUntilUs: moment(lease.heldUntilUs),
      promisedUntilUs: moment(lease.promisedUntilUs),
      waitUntilUs: role === 'leader' ? moment(lease.waitUntilUs) : undefined,
    },
    store: keys,
    halted: core.halted,
    untold: { entries: base.index - core.log.base.index, keys: store.size - keys.length },
  };
}

/** As much of the log's end as a picture has room for. */
function endOfLog({ log }: RaftNode, maxCharacters: number): Pick<NodePicture, 'base' | 'entries'> {
  let first = log.lastIndex + 1;
  const least = Math.max(log.base.index, log.lastIndex - MAX_PICTURE_ENTRIES) + 1;
  for (let room = maxCharacters; first > least && room > 0; first -= 1) {
    const entry = log.entryAt(first - 1);
    room -= entry === undefined ? 0 : JSON.stringify(entry).length;
  }
  const base: LogPlace = { index: first - 1, term: log.termAt(first - 1) ?? 0 };
  return { base, entries: log.slice(first, log.lastIndex) };
}

function someOf(store: KvStateMachine, maxCharacters: number): NodePicture['store'] {
  const told: (readonly [string, string])[] = [];
  let room = maxCharacters;
  for (const [key, value] of store.entries()) {
    room -= key.length + value.length;
    if (told.length >= MAX_PICTURE_KEYS || room < 0) break;
    told.push([key, value]);
  }
  return told;
}

function progressOf(core: RaftNode): Readonly<Record<NodeId, PeerView>> {
  const known: Record<NodeId, PeerView> = {};
  for (const peer of membersOf(core.configuration)) {
    const progress = core.progress(peer);
    if (progress === undefined) continue;
    const { nextIndex, matchIndex, state, inFlight, sending } = progress;
    const { messages, bytes } = inFlight;
    known[peer] = {
      nextIndex,
      matchIndex,
      state,
      inFlight: { messages, bytes },
      ...(sending && {
        sending: {
          index: sending.snapshot.index,
          heldBytes: sending.heldBytes,
          totalBytes: sending.snapshot.data.length,
        },
      }),
    };
  }
  return known;
}
