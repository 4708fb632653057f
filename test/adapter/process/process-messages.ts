import type { NodeStatus } from '../../../src/adapter/node/node-status.ts';
import type { ClientRead, ClientReply, ClientRequest } from '../../../src/kv/client-message.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import type { MembershipChange } from '../../../src/raft/membership-change.ts';
import type { LinkQuality } from '../../../src/timeline/action.ts';
import type { RunConfig } from '../../../src/timeline/run-config.ts';

/** What a process with a node in it is told first. */
export interface NodeProcessOptions {
  readonly id: NodeId;
  readonly clusterId: string;
  readonly members: readonly NodeId[];
  readonly addresses: readonly (readonly [NodeId, readonly string[]])[];
  readonly config: RunConfig;
  readonly folder: string;
  readonly token?: string | undefined;
  readonly faults?: boolean | undefined;
  /** Where it listens, one at least, each on the same port. */
  readonly hosts: readonly string[];
  readonly port: number;
}

export type Call =
  | { readonly type: 'status' }
  | { readonly type: 'change-membership'; readonly change: MembershipChange }
  | { readonly type: 'transfer'; readonly to: NodeId }
  | { readonly type: 'take-snapshot' }
  | { readonly type: 'set-quality'; readonly to: NodeId | undefined; readonly quality: Partial<LinkQuality> }
  | { readonly type: 'cut'; readonly to: NodeId }
  | { readonly type: 'heal' }
  | { readonly type: 'close' };

export type FromParent =
  | { readonly type: 'ask'; readonly message: ClientRequest | ClientRead }
  | { readonly type: 'call'; readonly callId: number; readonly call: Call };

export type ToParent =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly reply: ClientReply }
  | { readonly type: 'result'; readonly callId: number; readonly value: unknown };

/** What a process says of its node, and of itself. */
export interface ProcessStatus extends NodeStatus {
  readonly store: Readonly<Record<string, string>>;
  /** Memory of the process, bytes. */
  readonly rss: number;
  /** What its clock of the date reads, milliseconds since 1970, and the one that the node lives by, microseconds. */
  readonly wallMs: number;
  readonly nowUs: number;
}
