import type { RequestEvent } from '../kv/client-event.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { opened, type Draft } from './draft.ts';
import type { ActorId } from './event.ts';
import { MAX_REQUESTS, type RequestView } from './view.ts';

export function foldClientEvent(draft: Draft, client: ActorId, event: RequestEvent): void {
  switch (event.type) {
    case 'request-submitted': {
      const requests = opened(draft.requests).push({
        requestId: event.requestId,
        client,
        operation: event.operation,
        submittedUs: draft.atUs,
        fate: undefined,
        endedUs: undefined,
        node: undefined,
        attempts: 0,
      });
      draft.requests = requests.size > MAX_REQUESTS ? requests.shift() : requests;
      return;
    }
    case 'request-attempted':
      changeRequest(draft, event.requestId, { node: event.node, attempts: event.attempt });
      return;
    case 'request-ended':
      changeRequest(draft, event.requestId, { fate: event.fate, endedUs: draft.atUs });
      return;
    default:
      assertUnreachable(event);
  }
}

function changeRequest(draft: Draft, requestId: string, change: Partial<RequestView>): void {
  // Those that still change stand near the end.
  for (let position = draft.requests.size - 1; position >= 0; position--) {
    const request = draft.requests.get(position);
    if (request?.requestId !== requestId) continue;
    draft.requests = opened(draft.requests).set(position, { ...request, ...change });
    return;
  }
}
