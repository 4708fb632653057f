import { MAX_KEY_BYTES, MAX_VALUE_BYTES, type KvCommand, type OpenSession, type Operation } from './command.ts';

/**
 * How many client sessions the store remembers. When one more begins, the one that was used longest ago (in log order,
 * so on every node the same) is forgotten: a command of that client that is retried only afterwards is applied again.
 */
export const MAX_SESSIONS = 1_000;

/**
 * A client may have commands under way from its first unanswered one up to this many sequence numbers further; a command
 * beyond is refused. It bounds what one session remembers.
 */
export const SESSION_WINDOW = 1_024;

/** The most bytes (UTF-8) that a client's name may have. */
export const MAX_CLIENT_BYTES = 64;

/** No UTF-16 code unit takes more bytes in UTF-8, so that most texts need no counting. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * How many bytes the text takes in UTF-8. Half a surrogate pair counts as the three bytes of the replacement character,
 * which is what an encoder would write for it.
 */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (isLeadSurrogate(unit) && isTrailSurrogate(text.charCodeAt(position + 1))) {
      bytes += 2;
      position += 1;
    } else bytes += 2;
  }
  return bytes;
}

/**
 * Whether the operation is within the limits: undefined if so, otherwise one sentence that names the limit and the actual
 * size. A text with half a surrogate pair is refused too: it has no UTF-8 form, so a disk or a socket would silently
 * change it, and the nodes would no longer hold the same.
 */
export function checkOperation(operation: Operation): string | undefined {
  const { key } = operation;
  if (key === '') return 'The key is empty; a key needs at least 1 byte.';
  const problem = checkText(key, 'key', 'key', MAX_KEY_BYTES);
  if (problem !== undefined) return problem;
  switch (operation.type) {
    case 'get':
      return checkRead(operation);
    case 'delete':
      return undefined;
    case 'set':
    case 'append':
      return checkText(operation.value, 'value', 'value', MAX_VALUE_BYTES);
    case 'compare-and-set':
      return (
        checkText(operation.value, 'value', 'value', MAX_VALUE_BYTES) ??
        (operation.expected === undefined
          ? undefined
          : checkText(operation.expected, 'expected value', 'value', MAX_VALUE_BYTES))
      );
  }
}

function checkRead({ mode, node }: Extract<Operation, { readonly type: 'get' }>): string | undefined {
  if (node === undefined || mode === 'follower' || mode === 'stale') return undefined;
  return `A node can be named only for a read via follower or via stale: any other is answered by the leader, not by ${node}.`;
}

/** Whether the text fits into that many bytes of UTF-8. */
export function fits(text: string, maxBytes: number): boolean {
  return text.length * MOST_BYTES_PER_UNIT <= maxBytes || (text.length <= maxBytes && utf8Length(text) <= maxBytes);
}

/**
 * The value as a command if it is one in every part, otherwise undefined. Sizes are not looked at: that is what
 * {@link checkOperation} does. It never throws, and hands back the very same object.
 */
export function parseCommand(value: unknown): KvCommand | undefined {
  return isCommand(value) ? value : undefined;
}

/** The value as the opening of a session if it is one, otherwise undefined. It never throws. */
export function parseOpenSession(value: unknown): OpenSession | undefined {
  return isOpenSession(value) ? value : undefined;
}

function isOpenSession(value: unknown): value is OpenSession {
  return isRecord(value) && value['type'] === 'open-session' && isClient(value['client']) && isTime(value['atUs']);
}

function isClient(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && fits(value, MAX_CLIENT_BYTES);
}

/** A moment that may be left out. */
function isTime(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
}

function isCommand(value: unknown): value is KvCommand {
  if (!isRecord(value)) return false;
  const { client, sequence, firstUnanswered, operation, session, atUs } = value;
  if (!isClient(client) || !isTime(atUs) || !(session === undefined || isSequence(session))) return false;
  return isSequence(sequence) && isSequence(firstUnanswered) && firstUnanswered <= sequence && isOperation(operation);
}

function isOperation(value: unknown): value is Operation {
  if (!isRecord(value) || typeof value['key'] !== 'string') return false;
  switch (value['type']) {
    case 'get':
    case 'delete':
      return true;
    case 'set':
    case 'append':
      return typeof value['value'] === 'string';
    case 'compare-and-set':
      return (
        typeof value['value'] === 'string' && (value['expected'] === undefined || typeof value['expected'] === 'string')
      );
    default:
      return false;
  }
}

function checkText(text: string, name: string, kind: string, maxBytes: number): string | undefined {
  if (!fits(text, maxBytes)) {
    return `The ${name} is ${utf8Length(text)} bytes long; a ${kind} may have at most ${maxBytes} bytes.`;
  }
  // With the `u` flag a whole pair is one character, so only a half matches.
  const whole = !/\p{Surrogate}/u.test(text);
  return whole ? undefined : `The ${name} holds half a character (a lone surrogate), which cannot be stored.`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isSequence(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function isLeadSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrailSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
