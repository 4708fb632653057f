import type { Configuration } from './configuration.ts';
import type { Entry } from './entry.ts';
import type { InstallSnapshot, Message } from './message.ts';

/**
 * Whether a message is one that a correct node can send: whole numbers where they belong, entries in unbroken order.
 * What comes from a socket has its shape checked before; this guards the arithmetic behind it.
 */
export function isWellFormed(message: Message): boolean {
  if (!isObject(message)) return false;
  // Only the answer of a node that has seen no election yet is of no term.
  if (!isCount(message.term) || (message.term === 0 && message.type !== 'pre-vote-reply')) return false;
  switch (message.type) {
    case 'request-vote':
    case 'pre-vote':
      return isPlace(message.lastLogIndex, message.lastLogTerm) && message.lastLogTerm < message.term;
    case 'request-vote-reply':
      return typeof message.granted === 'boolean' && isCountIfAny(message.leaseRemainingUs);
    case 'pre-vote-reply':
      return typeof message.granted === 'boolean' && isCount(message.forTerm) && message.forTerm > 0;
    case 'timeout-now':
      return true;
    case 'read-index':
      return isCount(message.token);
    case 'read-index-reply':
      return isCount(message.token) && isCountIfAny(message.index);
    case 'append-entries':
      return (
        isCountIfAny(message.round) &&
        isCountIfAny(message.leaseUs) &&
        isPlace(message.prevLogIndex, message.prevLogTerm) &&
        isCount(message.leaderCommit) &&
        areConsecutive(message.entries, message.prevLogIndex, message.prevLogTerm, message.term)
      );
    case 'append-entries-reply':
      return (
        typeof message.success === 'boolean' &&
        isCount(message.matchIndex) &&
        isCount(message.prevLogIndex) &&
        isCount(message.conflictIndex) &&
        isCountIfAny(message.conflictTerm) &&
        isCountIfAny(message.round)
      );
    case 'install-snapshot':
      return isChunk(message) && isCountIfAny(message.round) && isCountIfAny(message.leaseUs);
    case 'install-snapshot-reply':
      return (
        isPlace(message.lastIndex, message.lastTerm) &&
        isCount(message.offset) &&
        isCount(message.nextOffset) &&
        isCountIfAny(message.round) &&
        (message.matchIndex === 0 || message.matchIndex === message.lastIndex)
      );
    default:
      return false;
  }
}

/** What a message that was not understood says that it is, as far as that is a short text. */
export function nameOf(message: Message): string {
  const type: unknown = isObject(message) ? message.type : undefined;
  return typeof type === 'string' && type.length <= MAX_NAME_LENGTH ? type : 'unknown';
}

/** The longest name of a type that is repeated. */
const MAX_NAME_LENGTH = 40;

/** A stretch of a snapshot within its length. Only at the end may it be empty, so that a snapshot has no more chunks than bytes. */
function isChunk(message: InstallSnapshot): boolean {
  const { term, lastIndex, lastTerm, configuration, totalBytes, offset, data, done } = message;
  return (
    isPlace(lastIndex, lastTerm) &&
    lastIndex > 0 &&
    lastTerm <= term &&
    isConfiguration(configuration) &&
    isCount(totalBytes) &&
    isCount(offset) &&
    data instanceof Uint8Array &&
    offset + data.length <= totalBytes &&
    done === (offset + data.length === totalBytes) &&
    (done || data.length > 0)
  );
}

/** Whether it has fields to be looked at. Whatever comes from elsewhere may be anything. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** No term and no index is believed from here on. It leaves room to count on, for as long as any cluster runs. */
export const MAX_COUNT = 2 ** 52;

/** A term or an index: a whole number that arithmetic keeps exact. */
function isCount(value: number): boolean {
  // What is no number must not come near arithmetic. Small ones, which is nearly all, need no more than a look.
  if (typeof value !== 'number') return false;
  return (value | 0) === value ? value >= 0 : value > 0 && value < MAX_COUNT && Number.isInteger(value);
}

function isCountIfAny(value: number | undefined): boolean {
  return value === undefined || isCount(value);
}

/** An entry's index and term: both 0, before the first entry, or neither. */
function isPlace(index: number, term: number): boolean {
  return isCount(index) && isCount(term) && (index === 0) === (term === 0);
}

/** Entries follow each other and the one before them without a gap, and terms never fall nor exceed the sender's. */
function areConsecutive(entries: readonly Entry[], prevIndex: number, prevTerm: number, maxTerm: number): boolean {
  if (!isList(entries)) return false;
  let index = prevIndex;
  let term = prevTerm;
  for (const entry of entries) {
    index++;
    if (!isObject(entry) || !kinds.has(entry.type)) return false;
    if (entry.index !== index || !isCount(entry.term) || entry.term < term) return false;
    if (entry.type === 'configuration' && !isConfiguration(entry.configuration)) return false;
    term = entry.term;
  }
  return term <= maxTerm && (entries.length === 0 || term > 0);
}

/** Keeps what is known of the list's type. */
function isList(value: unknown): boolean {
  return Array.isArray(value);
}

const kinds: ReadonlySet<string> = new Set<Entry['type']>(['command', 'no-op', 'configuration']);

/** The most members that one list of a configuration may name. */
export const MAX_MEMBERS = 1_000;

/** At least one voter, and in each list names, each once. */
export function isConfiguration(configuration: Configuration): boolean {
  if (!isObject(configuration)) return false;
  const { voters, outgoing, learners, leavesByItself } = configuration;
  return (
    [voters, outgoing, learners].every(areNames) &&
    voters.length > 0 &&
    !learners.some((id) => voters.includes(id)) &&
    typeof leavesByItself === 'boolean'
  );
}

function areNames(names: readonly string[]): boolean {
  return (
    Array.isArray(names) &&
    names.length <= MAX_MEMBERS &&
    names.every((name) => typeof name === 'string' && name.length > 0) &&
    new Set(names).size === names.length
  );
}
