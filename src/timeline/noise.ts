import type { AnyMessage, EventBody } from './event.ts';
import type { View } from './view.ts';

/**
 * Whether an idle cluster does this all the time. `context` is the view just before the event: without it a receipt of
 * appended entries cannot be told from that of a heartbeat, and counts as noise.
 */
export function isNoise(event: EventBody, context: View | undefined): boolean {
  switch (event.type) {
    case 'timer-set':
    case 'lease-extended':
      return true;
    case 'lease-promised':
      return event.leader !== undefined;
    case 'message-sent':
      return isHeartbeat(event.message);
    case 'message-received': {
      const message = context?.messages.get(event.messageId)?.message;
      if (message !== undefined) return isHeartbeat(message);
      return event.messageType === 'append-entries' || event.messageType === 'append-entries-reply';
    }
    case 'append-accepted':
      return event.entries === 0;
    default:
      return false;
  }
}

/** An append without entries, or the agreement to one: what an idle cluster says all the time. */
export function isHeartbeat(message: AnyMessage): boolean {
  if (message.type === 'append-entries') return message.entries.length === 0;
  return message.type === 'append-entries-reply' && message.success && message.matchIndex === message.prevLogIndex;
}
