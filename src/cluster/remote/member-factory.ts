import type { MemberEnvelope } from '../../../workers/member-protocol.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { TabMemberPorts } from './tab-member.ts';

/** A node of its own that a page runs. */
export interface PageMember {
  readonly node: NodeId;
  receive(envelope: MemberEnvelope): void;
  /** Tells a picture of itself. */
  portray(): void;
  /** It can be started again. */
  stop(): Promise<void>;
  /** It cannot, and what it had stored is gone. */
  forget(): Promise<void>;
}

/** How a page runs a node of its own; a test has none. */
export interface MemberFactory {
  /** Which node of that cluster this page was before it was loaded anew. */
  remembered(cluster: string): NodeId | undefined;
  start(node: NodeId, cluster: string, config: RunConfig, ports: TabMemberPorts): Promise<PageMember>;
}
