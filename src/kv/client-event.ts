import type { NodeId } from '../raft/entry.ts';
import type { Fate } from './client-message.ts';
import type { Operation } from './command.ts';

/** What a client does, said by its clerk. */
export type ClientEvent =
  | { readonly type: 'request-submitted'; readonly requestId: string; readonly operation: Operation }
  /** The clerk turns to `node`; `attempt` counts from 1; `why` is a short clause ("n2 is not the leader"). */
  | {
      readonly type: 'request-attempted';
      readonly requestId: string;
      readonly node: NodeId;
      readonly attempt: number;
      readonly why: string;
    }
  | { readonly type: 'request-ended'; readonly requestId: string; readonly fate: Fate };
