import { MAX_KEY_BYTES } from '../kv/command.ts';
import { fits, MAX_CLIENT_BYTES, parseCommand, parseOpenSession } from '../kv/limits.ts';
import type { Message } from '../raft/message.ts';
import { isWellFormed } from '../raft/well-formed.ts';
import type { LinkMessage } from '../timeline/event.ts';

/** The longest name of a request, UTF-16 units. */
export const MAX_REQUEST_ID_LENGTH = 200;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What came from a socket, as a message between nodes if it is one in every part that anyone looks at; otherwise undefined.
 * It is checked by hand, because every message of every peer passes here. It never throws.
 */
export function asLinkMessage(value: unknown): LinkMessage | undefined {
  if (!isFields(value)) return undefined;
  return isLinkMessage(value) ? value : undefined;
}

function isLinkMessage(value: Fields): value is LinkMessage & Fields {
  switch (value['type']) {
    case 'client-request':
      return isRequestId(value['requestId']) && isCommand(value['command']) && isNameIfAny(value['forwardedFor']);
    case 'client-read':
      return isClientRead(value);
    case 'client-reply':
      return (
        isRequestId(value['requestId']) &&
        isNameIfAny(value['forwardedFor']) &&
        isNameIfAny(value['answeredBy']) &&
        isFields(value['outcome']) &&
        isOutcome(value['outcome'])
      );
    default:
      return isRaftMessage(value);
  }
}

/** The check believes nothing of what the type of its argument promises. */
const guard: { check(value: unknown): boolean } = { check: isWellFormed };

function isRaftMessage(value: unknown): value is Message {
  return guard.check(value);
}

function isClientRead({ requestId, key, mode, notBefore }: Fields): boolean {
  return (
    isRequestId(requestId) &&
    typeof key === 'string' &&
    fits(key, MAX_KEY_BYTES) &&
    typeof mode === 'string' &&
    READ_MODES.has(mode) &&
    isCount(notBefore)
  );
}

const READ_MODES: ReadonlySet<string> = new Set(['read-index', 'lease', 'follower', 'stale']);

function isCommand(value: unknown): boolean {
  return parseCommand(value) !== undefined || parseOpenSession(value) !== undefined;
}

function isOutcome(outcome: Fields): boolean {
  switch (outcome['type']) {
    case 'applied':
      return isCount(outcome['index']) && isResult(outcome['result']);
    case 'read':
      return (
        isCount(outcome['index']) &&
        isResult(outcome['result']) &&
        typeof outcome['via'] === 'string' &&
        READ_MODES.has(outcome['via'])
      );
    case 'behind':
      return isCount(outcome['index']);
    case 'not-leader':
    case 'leadership-lost':
      return isNameIfAny(outcome['leader']);
    case 'busy':
      return isLimitIfAny(outcome['limit']);
    case 'transferring':
      return true;
    default:
      return false;
  }
}

function isResult(value: unknown): boolean {
  if (!isFields(value)) return false;
  switch (value['type']) {
    case 'ok':
      return isTextIfAny(value['value']);
    case 'mismatch':
      return isTextIfAny(value['actual']);
    case 'refused':
    case 'expired':
      return typeof value['message'] === 'string';
    default:
      return false;
  }
}

function isLimitIfAny(value: unknown): boolean {
  if (value === undefined) return true;
  return isFields(value) && (value['unit'] === 'entries' || value['unit'] === 'bytes') && isCount(value['most']);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isTextIfAny(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isRequestId(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_REQUEST_ID_LENGTH;
}

function isNameIfAny(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value !== '' && fits(value, MAX_CLIENT_BYTES));
}
