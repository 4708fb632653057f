import type { NodeId } from '../src/raft/entry.ts';
import type { Action } from '../src/timeline/action.ts';
import type { ActorId, TimelineEvent } from '../src/timeline/event.ts';
import type { RunConfig } from '../src/timeline/run-config.ts';
import type { World } from '../src/timeline/world.ts';
import type { Envelope } from '../src/host/ports.ts';

/** How many messages a node has had from each peer over the present channels: it waits until it holds that many. */
export type Expected = Readonly<Record<ActorId, number>>;

/** What a worker is asked over its grant port. Each is answered by one {@link Report}, in order. */
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
    };

/** What happened in a worker since its last report. */
export interface Report {
  readonly events: readonly TimelineEvent[];
  readonly nextDueUs: number;
  /** Per peer: how many messages in all over the present channel, and when the earliest of the new ones is due. */
  readonly sent: Readonly<Record<NodeId, { readonly count: number; readonly earliestDueUs: number }>>;
  /** For clients. */
  readonly envelopes: readonly Envelope[];
  /** The node stopped: its disk failed, or its code threw. */
  readonly failure: { readonly atUs: number; readonly message: string } | undefined;
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

/** The control calls of a node's worker, over comlink. */
export interface NodeWorkerControl {
  open(options: OpenOptions): Promise<OpenResult>;
  /** Begins the node; `port` then carries grants. */
  start(options: StartOptions, port: MessagePort): Promise<Report>;
  /** A channel to a peer, which replaces the one to its former incarnation. */
  connect(peer: NodeId, port: MessagePort): Promise<void>;
}
