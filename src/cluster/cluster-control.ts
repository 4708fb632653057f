import type { Fate } from '../kv/client-message.ts';
import type { Operation } from '../kv/command.ts';
import type { Configuration } from '../raft/configuration.ts';
import type { NodeId } from '../raft/entry.ts';
import type { Role } from '../raft/event.ts';
import type { Action, Delay, DirectedLink, DiskDamage, DiskWrites, LinkQuality } from '../timeline/action.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import type { Membership } from '../timeline/membership.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import type { Run } from '../timeline/run.ts';
import type { Timeline } from '../timeline/timeline.ts';

/** How a read is to be answered; what is left out is as the run has it. */
export type ReadOptions = Omit<Extract<Operation, { readonly type: 'get' }>, 'type' | 'key'>;

/** What is being asked of the cluster could not be done. `message` is one sentence for a person. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/** How virtual time passes. */
export interface ClockStatus {
  readonly nowUs: number;
  readonly playing: boolean;
  /** Virtual time per wall time, 0.001 to 20, as wished. */
  readonly speed: number;
  /** What the machine manages of it, 0 to 1; below 1 the clock runs slower than wished. */
  readonly pace: number;
  /** Set while a loaded run is being replayed: until when, virtual microseconds, and how many actions are to come. */
  readonly replay: { readonly untilUs: number; readonly actionsLeft: number } | undefined;
  /** Set while the cluster is starting, or catching up after a reload: a short phrase. */
  readonly busy: string | undefined;
  /** How far that has come, where it is known. */
  readonly progress?: BusyProgress | undefined;
  /** What {@link ClusterControl.undo} would undo now. */
  readonly undoable?: Action | undefined;
  /** Set where the cluster is real: then time is nobody's to stop, and play, pause and speed are those of what is shown. */
  readonly real?: RealTime;
}

/** How far something has come that takes a while: 0 to 1. `canStop`: pausing ends it where it is. */
export interface BusyProgress {
  readonly share: number;
  readonly canStop: boolean;
}

/** A cluster of real processes, as this page is connected to it. */
export interface RealTime {
  /** Where the page attached, and the name that the cluster has. */
  readonly address: string;
  readonly cluster: string;
  /** How long ago what is shown happened, microseconds. */
  readonly behindUs: number;
  readonly nodes: readonly RealNode[];
  /** What happens in a second, of late. */
  readonly rates: { readonly committed: number; readonly messages: number };
  /** The node in this page, where there is one. */
  readonly member?: NodeId;
  /** What cannot be done to it, and why: a sentence each. */
  readonly limits: { readonly processes?: string; readonly starts?: string; readonly links?: string };
}

/** A node of a real cluster. Spans in microseconds, undefined where they are not known. */
export interface RealNode {
  readonly id: NodeId;
  readonly address: string | undefined;
  readonly isConnected: boolean;
  readonly roundTripUs: number | undefined;
  /** How far its clock is ahead of the page's, and by how much that may be wrong. */
  readonly clockAheadUs: number | undefined;
  readonly clockDoubtUs: number | undefined;
  /** How many of its events the page has not been told, because they were too many. */
  readonly dropped: number;
}

export interface NodeStatus {
  readonly id: NodeId;
  readonly status: 'up' | 'paused' | 'down';
  readonly role: Role;
  /** What it is to the cluster's present configuration. */
  readonly membership: Membership;
  readonly term: number;
  readonly votedFor: NodeId | undefined;
  readonly leader: NodeId | undefined;
  readonly commitIndex: number;
  readonly lastApplied: number;
  readonly lastLogIndex: number;
  /** What its log begins behind: the last entry that was compacted away, 0 if none was. */
  readonly logBaseIndex: number;
  /** Up to where its last snapshot goes, 0 if it has none. */
  readonly snapshotIndex: number;
  readonly store: Readonly<Record<string, string>>;
  /** Why it is down, where the real machine failed it or it stopped by itself. */
  readonly failure: string | undefined;
}

export interface ClusterStatus {
  readonly clock: ClockStatus;
  readonly seed: number;
  readonly config: RunConfig;
  /** The leader of the highest term among running nodes, if any. */
  readonly leader: NodeId | undefined;
  readonly term: number;
  readonly nodes: readonly NodeStatus[];
  /** Who belongs to the cluster, as its leader has it, or else who has the most up-to-date log. */
  readonly configuration: Configuration;
  /** Cut directed links, as `n1>n2`. */
  readonly cuts: readonly string[];
}

/** What a listener is told: new events (possibly none), in timeline order, and the clock. */
export type ClusterUpdate =
  /** The timeline goes on. */
  | { readonly type: 'events'; readonly events: readonly TimelineEvent[]; readonly clock: ClockStatus }
  /**
   * A timeline begins (also told at once to a new listener): forget what was, look at this one. The control goes on
   * appending to it, before it tells of each stretch of events; nobody else may.
   */
  | {
      readonly type: 'started';
      readonly seed: number;
      readonly config: RunConfig;
      readonly timeline: Timeline;
      readonly clock: ClockStatus;
    }
  | { readonly type: 'clock'; readonly clock: ClockStatus }
  /** Something that a person should read: a failed database, a clock that cannot keep up. One sentence. */
  | { readonly type: 'notice'; readonly level: 'info' | 'problem'; readonly message: string };

/**
 * The one interface to a cluster, whatever it is made of: web workers, the simulator, or real machines. The screen, the
 * scripting handle, scenarios and tests speak only to it. Everything rejects with a {@link ClusterError} that says in
 * one sentence why, where something cannot be done (an unknown node, a dead node killed again, a key too long).
 * An action is done at the present virtual moment; its promise resolves when it is done.
 */
export interface ClusterControl {
  status(): Promise<ClusterStatus>;
  /** Does any action, and resolves to the actions that would undo it (empty: it leaves nothing to heal). */
  act(action: Action): Promise<readonly Action[]>;

  kill(node: NodeId): Promise<void>;
  revive(node: NodeId): Promise<void>;
  restart(node: NodeId): Promise<void>;
  pauseNode(node: NodeId): Promise<void>;
  resumeNode(node: NodeId): Promise<void>;
  timeOutNow(node: NodeId): Promise<void>;
  /** The node takes a snapshot of what it has applied, and compacts its log. */
  snapshot(node: NodeId): Promise<void>;
  /** The present leader hands its lead over to that node. It may not succeed: see who leads afterwards. */
  transfer(node: NodeId): Promise<void>;
  /**
   * The present leader takes in that node, or a new one that is started for it; with `voter` false as a learner, otherwise
   * with a vote. Resolves to its name when the leader goes by it, which is before that is committed. So do the next five.
   */
  addNode(options?: { readonly node?: NodeId; readonly voter?: boolean }): Promise<NodeId>;
  /** It is not told: stop it, or it may stand for election. */
  removeNode(node: NodeId): Promise<void>;
  /** A learner that has caught up gets a vote. */
  promote(node: NodeId): Promise<void>;
  /** A voter becomes a learner. */
  demote(node: NodeId): Promise<void>;
  /**
   * These alone are to vote; those that are not there are started. Where more than one voter comes or goes, it goes by way
   * of a joint configuration. With `leavesByItself` false it does in any case, and stays joint until it is told to leave.
   */
  changeMembers(voters: readonly NodeId[], options?: { readonly leavesByItself?: boolean }): Promise<void>;
  /** The new voters of a joint configuration alone decide from now on. */
  leaveJoint(): Promise<void>;
  cut(links: readonly DirectedLink[]): Promise<void>;
  isolate(node: NodeId): Promise<void>;
  split(groups: readonly (readonly NodeId[])[]): Promise<void>;
  /** Heals the links, or all of them: they are neither cut nor clogged nor flapping. */
  heal(links?: readonly DirectedLink[]): Promise<void>;
  /** Holds back what is sent over them for so long; then it arrives together. 0: they are free. */
  clog(links: readonly DirectedLink[], forMs: number): Promise<void>;
  /** Lets them go down and come up by themselves, until they are healed. */
  flap(links: readonly DirectedLink[], downMs: number, upMs: number): Promise<void>;
  setLinks(quality: Partial<LinkQuality>, links?: readonly DirectedLink[]): Promise<void>;
  setDisk(latency: Delay, nodes?: readonly NodeId[]): Promise<void>;
  /** Whether disks keep what is written; a node that its disk fails stops. */
  setWrites(writes: DiskWrites, nodes?: readonly NodeId[]): Promise<void>;
  /** Lets disks lie: so many of the last writes are lost with the power, although they were said to be durable. 0: they are honest. */
  setUnsynced(writes: number, nodes?: readonly NodeId[]): Promise<void>;
  /** Damages the disk of a node that is down; what it comes to is found out when the node is revived. */
  damageDisk(node: NodeId, damage: DiskDamage): Promise<void>;
  /** Two nodes that are down have each other's disk. */
  swapDisks(node: NodeId, other: NodeId): Promise<void>;
  /** Puts a copy of the disk of a node that is down aside, in place of the one before. */
  copyDisk(node: NodeId): Promise<void>;
  /** Puts that copy back: the node, down, will not remember what it promised since, which is past what Raft can bear. */
  restoreCopy(node: NodeId): Promise<void>;
  /** Lets them take so long over each message, one after the other. */
  setHandling(delay: Delay, nodes?: readonly NodeId[]): Promise<void>;
  /** Lets the clocks of these nodes, or of all, run so many millionths fast (below 0: slow). */
  setClock(driftPpm: number, nodes?: readonly NodeId[]): Promise<void>;
  /** Lets them jump ahead, in milliseconds. */
  jumpClock(byMs: number, nodes?: readonly NodeId[]): Promise<void>;

  /** Each resolves when the request has come to its end: committed, failed or unknown. The clock must be playing. */
  set(key: string, value: string): Promise<Fate>;
  get(key: string, how?: ReadOptions): Promise<Fate>;
  delete(key: string): Promise<Fate>;
  append(key: string, value: string): Promise<Fate>;
  cas(key: string, expected: string | undefined, value: string): Promise<Fate>;

  play(): Promise<void>;
  pause(): Promise<void>;
  /** 0.001 to 20. */
  speed(timesRealTime: number): Promise<void>;
  /**
   * Pauses, and goes on by one event of the timeline; what the timeline folds away (heartbeats, timers) comes along with the
   * event of the same node and moment, or else is one step a node. Resolves to what is new on the timeline. The rest of the
   * moment is shown by further steps, and at once by an action, by playing and by going ahead.
   */
  step(): Promise<readonly TimelineEvent[]>;
  /** Plays as fast as the machine can until that virtual moment (milliseconds), then goes on as before. */
  advanceTo(virtualMs: number): Promise<void>;

  /** The events that are still held (the oldest are dropped past a bound), as plain data. */
  events(): Promise<readonly TimelineEvent[]>;
  run(): Promise<Run>;
  /** Throws this cluster away and starts a new one. What is not given: the default config, and the present seed. */
  reset(options?: {
    readonly nodes?: number;
    readonly seed?: number;
    readonly config?: Partial<RunConfig>;
  }): Promise<void>;
  /** Starts over with this run's seed and config and plays its actions again at their moments. */
  load(run: Run): Promise<void>;
  /** Undoes the last action that can be undone; resolves to what was undone, or undefined if there is nothing. */
  undo(): Promise<Action | undefined>;

  subscribe(listener: (update: ClusterUpdate) => void): () => void;
  /** Stops everything and lets go of workers and databases. */
  dispose(): Promise<void>;
}
