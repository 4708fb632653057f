import type { Configuration } from '../../raft/configuration.ts';
import type { Entry, NodeId } from '../../raft/entry.ts';
import type { RaftEvent } from '../../raft/event.ts';
import type { Role } from '../../raft/role.ts';
import type { LogPlace } from '../../raft/snapshot.ts';
import type { NodePicture } from '../../timeline/picture.ts';
import { TrackedLog } from './tracked-log.ts';

const beginning: LogPlace = { index: 0, term: 0 };

/** A write that is under way: what the disk will hold then, as a change of what it holds now. */
interface TrackedWrite {
  readonly sequence: number;
  /** Where the log was replaced by a snapshot: what it begins behind now. */
  readonly resetTo: LogPlace | undefined;
  /** The first index at which the disk's log differs from the one in memory; Infinity for none. */
  readonly from: number;
  readonly entries: readonly Entry[];
  readonly base: LogPlace;
  readonly lastIndex: number | undefined;
}

/** What events have told of a node and of its disk. Undefined is what is not known, because the watch began later. */
export class TrackedNode {
  readonly id: NodeId;
  /** Undefined also while it is down. */
  role: Role | undefined = undefined;
  term = 0;
  votedFor: NodeId | undefined = undefined;
  readonly log = new TrackedLog();
  commitIndex: number | undefined = undefined;
  lastApplied: number | undefined = undefined;
  configuration: Configuration | undefined = undefined;
  /** The last entry that its snapshot replaces, 0 where there is none. */
  snapshotIndex: number | undefined = undefined;
  /** What its disk holds, as `durable` events tell it; the term is undefined where it is not known. */
  readonly disk = {
    term: undefined as number | undefined,
    votedFor: undefined as NodeId | undefined,
    log: new TrackedLog(),
  };
  /** In order of sequence. A host has one under way at a time; a core may ask for many. */
  #writes: TrackedWrite[] = [];
  #touchedFrom = Infinity;
  #resetTo: LogPlace | undefined = undefined;

  constructor(id: NodeId) {
    this.id = id;
  }

  /** Whether its log held what the disk did, when it was last started. */
  started(event: Extract<RaftEvent, { readonly type: 'started' }>): void {
    const { term, votedFor, lastIndex, base = beginning } = event;
    this.losePower();
    const { disk } = this;
    if (disk.log.lastIndex !== lastIndex || disk.log.base.index !== base.index) disk.log.forget(base, lastIndex);
    this.log.become(disk.log);
    Object.assign(disk, { term, votedFor });
    this.role = 'follower';
    this.term = term;
    this.votedFor = votedFor;
    this.configuration = event.configuration;
    this.snapshotIndex = event.snapshot?.index ?? 0;
    this.commitIndex = this.snapshotIndex;
    this.lastApplied = this.snapshotIndex;
  }

  /** What came before is not known: it stands like this. */
  pictured(picture: NodePicture): void {
    this.losePower();
    const { base, entries, durableIndex, disk } = picture;
    this.log.forget(base, base.index);
    this.disk.log.forget(base, base.index);
    this.log.append(entries);
    this.disk.log.append(entries.filter(({ index }) => index <= durableIndex));
    Object.assign(this.disk, disk);
    this.role = picture.role;
    this.term = picture.term;
    this.votedFor = picture.votedFor;
    this.configuration = picture.configuration;
    this.snapshotIndex = picture.snapshot?.index ?? 0;
    this.commitIndex = picture.commitIndex;
    this.lastApplied = picture.lastApplied;
  }

  /** It is down, and has lost all but its disk. */
  losePower(): void {
    this.role = undefined;
    this.#writes = [];
    this.#touchedFrom = Infinity;
    this.#resetTo = undefined;
  }

  append(entries: readonly Entry[]): void {
    const [first] = entries;
    if (first === undefined) return;
    this.#touchedFrom = Math.min(this.#touchedFrom, first.index);
    this.log.append(entries);
  }

  truncateFrom(index: number): void {
    this.#touchedFrom = Math.min(this.#touchedFrom, index);
    this.log.truncateFrom(index);
  }

  /** Its log is gone, and begins behind a snapshot. All up to there is committed and applied. */
  replaceLog(place: LogPlace): void {
    this.#touchedFrom = Infinity;
    this.#resetTo = place;
    this.log.reset(place);
    this.commitIndex = place.index;
    this.lastApplied = place.index;
  }

  /** What it holds in memory now is what its disk will hold. */
  writeStarted(sequence: number): void {
    const { log } = this;
    const from = this.#touchedFrom;
    const entries = from === Infinity ? [] : log.from(from);
    this.#writes.push({ sequence, resetTo: this.#resetTo, from, entries, base: log.base, lastIndex: log.lastIndex });
    this.#touchedFrom = Infinity;
    this.#resetTo = undefined;
  }

  durable({ sequence, term, votedFor }: Extract<RaftEvent, { readonly type: 'durable' }>): void {
    Object.assign(this.disk, { term, votedFor });
    for (let [write] = this.#writes; write !== undefined && write.sequence <= sequence; [write] = this.#writes) {
      this.#writes.shift();
      this.#complete(write);
    }
  }

  #complete({ resetTo, from, entries, base, lastIndex }: TrackedWrite): void {
    const { log } = this.disk;
    if (resetTo !== undefined) log.reset(resetTo);
    if (from !== Infinity) log.truncateFrom(from);
    log.append(entries);
    log.compactTo(base);
    log.lastIndex = lastIndex;
  }
}
