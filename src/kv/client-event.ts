import type { NodeId } from '../raft/entry.ts';
import type { Fate } from './client-message.ts';
import type { Operation } from './command.ts';

/** What becomes of a client's request, said by its clerk. */
export type RequestEvent =
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

/** What becomes of a client's session, where sessions have to be opened (thesis 6.3). */
export type SessionEvent =
  /** The clerk asks `node` to open a session for it, before its first command. */
  | { readonly type: 'session-requested'; readonly node: NodeId; readonly attempt: number; readonly why: string }
  /** Its session begins; `session` is the index of the entry that opened it. */
  | { readonly type: 'session-opened'; readonly session: number }
  /** It learnt that its session is forgotten. It will open another one. */
  | { readonly type: 'session-expired'; readonly session: number };

/** What a client does, said by its clerk. */
export type ClientEvent = RequestEvent | SessionEvent;
