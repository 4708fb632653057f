import type { NodeId } from '../src/raft/entry.ts';
import type { LinkMessage, TimelineEvent } from '../src/timeline/event.ts';
import type { RunConfig } from '../src/timeline/run-config.ts';

/** A message between this tab's node and another. */
export interface MemberEnvelope {
  readonly messageId: string;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: LinkMessage;
}

/** What a page tells the worker in which its member of a real cluster lives. */
export type ToMember =
  | {
      readonly type: 'start';
      readonly node: NodeId;
      readonly cluster: string;
      readonly database: string;
      readonly config: RunConfig;
      /** Whether it has run before, so that an empty database is one that was lost. */
      readonly hasBegun: boolean;
    }
  | { readonly type: 'receive'; readonly envelope: MemberEnvelope }
  /** A picture is to be told. */
  | { readonly type: 'portray' }
  | { readonly type: 'stop' };

/** What the worker tells its page. */
export type FromMember =
  | { readonly type: 'started' }
  | { readonly type: 'send'; readonly envelope: MemberEnvelope }
  /** Times in microseconds since 1970. */
  | { readonly type: 'events'; readonly events: readonly TimelineEvent[] }
  | { readonly type: 'stopped' }
  /** It stopped by itself; why, in one sentence. */
  | { readonly type: 'failed'; readonly sentence: string };
