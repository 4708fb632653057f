import type { NodeId } from '../../raft/entry.ts';

/** A process of a cluster that is supervised. */
export interface SupervisedNode {
  readonly node: NodeId;
  readonly status: 'up' | 'paused' | 'down';
  /** Undefined while it is down. */
  readonly pid: number | undefined;
}

/**
 * Whoever started the processes of a cluster and can do things to them. Each call settles when it is done, and rejects with one
 * sentence where it cannot be.
 */
export interface Supervision {
  /** SIGKILL: what is not on the disk is lost. */
  kill(node: NodeId): Promise<void>;
  /** Starts it again on the same folder; settles when it listens. */
  revive(node: NodeId): Promise<void>;
  restart(node: NodeId): Promise<void>;
  /** SIGSTOP, and SIGCONT. */
  pause(node: NodeId): Promise<void>;
  resume(node: NodeId): Promise<void>;
  /** Starts a process of a node that belongs to no cluster yet; settles when it listens. */
  start(node: NodeId): Promise<void>;
  states(): readonly SupervisedNode[];
  /** Called after every change. Gives a function that ends it. */
  subscribe(listener: () => void): () => void;
}

export const supervisionVerbs = ['kill', 'revive', 'restart', 'pause', 'resume', 'start'] as const;
export type SupervisionVerb = (typeof supervisionVerbs)[number];
