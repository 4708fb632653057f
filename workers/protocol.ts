import type { NodeId } from '../src/raft/entry.ts';
import type { Action, DiskDamage, TimedAction } from '../src/timeline/action.ts';
import type { ActorId, TimelineEvent } from '../src/timeline/event.ts';
import type { RunConfig } from '../src/timeline/run-config.ts';
import type { World } from '../src/timeline/world.ts';
import type { Envelope } from '../src/host/ports.ts';

/**
 * How many messages of each peer over the present channels count: all that their senders' confirmed reports speak of. A
 * node waits until it holds that many, and takes up no more than that.
 */
export type Expected = Readonly<Record<ActorId, number>>;

/** What a worker is asked over its grant port, one at a time. */
export type Grant =
  /** Run: handle all that is due before `untilUs`. `envelopes` are from clients, who live in the page. */
  | {
      readonly type: 'window';
      readonly untilUs: number;
      readonly expected: Expected;
      readonly envelopes: readonly Envelope[];
    }
  /** An action is done at a moment at which nothing has been handled yet. */
  | {
      readonly type: 'act';
      readonly atUs: number;
      readonly action: Action;
      readonly expected: Expected;
      readonly envelopes: readonly Envelope[];
    }
  /**
   * Do nothing but hold what is expected. The workers of the peers in `gone` are no more or about to be: what has not come
   * from them after a while never will, and the report says so.
   */
  | {
      readonly type: 'hold';
      readonly expected: Expected;
      readonly envelopes: readonly Envelope[];
      readonly gone: readonly NodeId[];
    };

/**
 * What a worker says over its grant port. A grant is answered by a report. Where that has `writes`, they are done only
 * after it was sent, and `written` follows: until then nothing in the report counts.
 */
export type Answer =
  | { readonly type: 'report'; readonly report: Report }
  /** All writes are done, or one failed at its moment and none after it was tried. */
  | { readonly type: 'written'; readonly failure: Failure | undefined };

/** A node stopped at that moment, before anything that was due at it: its disk failed, or its code threw. */
export interface Failure {
  readonly atUs: number;
  readonly message: string;
}

/** A message put on the channel to a peer, the `count`th since that was opened. */
export interface Posted {
  readonly to: NodeId;
  readonly count: number;
  readonly sentUs: number;
  readonly dueUs: number;
}

/** What happened in a worker since its last report, each list in order of time. */
export interface Report {
  readonly events: readonly TimelineEvent[];
  readonly nextDueUs: number;
  readonly posted: readonly Posted[];
  /** For clients. */
  readonly envelopes: readonly Envelope[];
  /** The moments of the writes to the disk. */
  readonly writes: readonly number[];
  readonly failure: Failure | undefined;
  /** Of the peers that are gone: those from which not all has come that was expected. */
  readonly missing: readonly NodeId[];
}

export interface OpenOptions {
  readonly id: NodeId;
  readonly databaseName: string;
  /** Names the cluster to which the database belongs. */
  readonly cluster: string;
  /** Whether the node has begun before: then a database that holds nothing has been lost. */
  readonly begun: boolean;
}

/** What opening the database came to. `atUs` is the virtual moment of its last write, -1 if there was none. */
export type OpenResult =
  { readonly type: 'opened'; readonly atUs: number } | { readonly type: 'failed'; readonly message: string };

export interface StartOptions {
  readonly config: RunConfig;
  readonly seed: number;
  readonly world: World;
  readonly nowUs: number;
}

export interface DamageOptions extends OpenOptions {
  readonly damage: DiskDamage;
}

/** The names of two databases of one node: what one holds, the other is to hold. */
export interface CopyOptions {
  readonly id: NodeId;
  readonly cluster: string;
  readonly from: string;
  readonly to: string;
}

/** The run that a worker is to play by itself, see {@link NodeWorkerControl.foresee}. */
export interface ForesightOptions {
  readonly config: RunConfig;
  readonly seed: number;
}

/** How far to play on: what is done on the way, in order, and until when, virtual microseconds. */
export interface Stretch {
  readonly actions: readonly TimedAction[];
  readonly untilUs: number;
}

/** Where a node lands that a worker has played ahead: databases that hold nothing yet. */
export interface LandOptions {
  readonly id: NodeId;
  /** Whose disk is in its machine. */
  readonly owner: NodeId;
  readonly cluster: string;
  readonly databaseName: string;
  /** For the copy of that disk, if one was put aside. */
  readonly copyName: string;
}

/** The control calls of a node's worker, over comlink. */
export interface NodeWorkerControl {
  open(options: OpenOptions): Promise<OpenResult>;
  /** Damages a database that nobody uses; rejects where it cannot be opened. */
  damage(options: DamageOptions): Promise<void>;
  /** Copies a database that nobody uses over another; rejects where one cannot be opened or there is nothing to copy. */
  copy(options: CopyOptions): Promise<void>;
  /** Begins the node; `port` then carries grants. */
  start(options: StartOptions, port: MessagePort): Promise<Report>;
  /** From here on the worker plays a run by itself, all nodes of it, from its beginning. */
  foresee(options: ForesightOptions): Promise<void>;
  playAhead(stretch: Stretch): Promise<void>;
  /**
   * Writes down what the node's disk holds by then. A node that is up is then as after {@link NodeWorkerControl.open}, and
   * goes on from there when it is begun.
   */
  land(options: LandOptions): Promise<OpenResult>;
  /** A channel to a peer, which replaces the one to its former incarnation. */
  connect(peer: NodeId, port: MessagePort): Promise<void>;
}
