import { commandBytes } from '../../kv/command-size.ts';
import { ENTRY_OVERHEAD_BYTES } from '../../raft/entry-size.ts';
import type { OperationResult } from '../../kv/command.ts';
import type { LinkMessage } from '../../timeline/event.ts';

/** About as much as a message takes that carries nothing. */
const MESSAGE_BYTES = 128;

/** About how many bytes a message takes on the way. It bounds queues and frames, and need not be exact. */
export function weightOf(message: LinkMessage): number {
  switch (message.type) {
    case 'append-entries': {
      let bytes = MESSAGE_BYTES;
      for (const entry of message.entries) {
        bytes += ENTRY_OVERHEAD_BYTES + (entry.type === 'command' ? commandBytes(entry.command) : MESSAGE_BYTES);
      }
      return bytes;
    }
    case 'install-snapshot':
      return MESSAGE_BYTES + message.data.length;
    case 'client-request':
      return MESSAGE_BYTES + commandBytes(message.command);
    case 'client-reply': {
      const { outcome } = message;
      return MESSAGE_BYTES + ('result' in outcome ? resultBytes(outcome.result) : 0);
    }
    default:
      return MESSAGE_BYTES;
  }
}

function resultBytes(result: OperationResult): number {
  if (result.type === 'ok') return result.value?.length ?? 0;
  return result.type === 'mismatch' ? (result.actual?.length ?? 0) : result.message.length;
}
