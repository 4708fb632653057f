import type { NodeId } from '../raft/entry.ts';
import { fullMessage } from '../host/disk-trouble.ts';
import { StorageError } from '../host/ports.ts';

/** What the disk was doing when it failed. */
export type DiskTask = 'open' | 'read' | 'write' | 'close' | 'delete';

/** An error's causes are followed no further than this. */
const MAX_CAUSES = 16;

const FULL = new Set(['QuotaExceededError', 'ENOSPC', 'EDQUOT']);
const BLOCKED = new Set(['LEVEL_LOCKED', 'SecurityError', 'NotAllowedError', 'EACCES', 'EPERM', 'EROFS']);
const CORRUPT = new Set(['LEVEL_CORRUPTION', 'NotReadableError', 'DataError']);
const FOREIGN = new Set(['VersionError']);
/** What LevelDB says of a table that is shorter than it was. */
const SHORT_WORDS = /\.(?:ldb|sst): Invalid argument/;
const FULL_WORDS = /no space left|disk quota|quota.*exceeded/i;

/**
 * One clear sentence for whatever IndexedDB or LevelDB threw. They wrap one error in another, and say the same thing by
 * an error's name, by its code, or only in its words; so all of the chain of causes is looked at.
 */
export function toStorageError(node: NodeId, task: DiskTask, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const causes = causesOf(error);
  const signs = causes.flatMap(({ name, code }) => [name, code]);
  const words = causes.map(({ message }) => message).filter((message) => message !== '');
  const reason = words.at(-1) ?? (typeof error === 'string' ? error : 'it gave no reason');
  const has = (set: ReadonlySet<string>): boolean => signs.some((sign) => set.has(sign));
  const options = { cause: error };
  if (has(FULL) || words.some((text) => FULL_WORDS.test(text))) {
    return new StorageError('full', fullMessage(node), options);
  }
  if (has(BLOCKED)) {
    return new StorageError(
      'blocked',
      `${node}'s disk is not to be had: something else uses it or access is denied (${reason}).`,
      options,
    );
  }
  if (has(CORRUPT) || words.some((text) => SHORT_WORDS.test(text))) {
    return new StorageError('corrupt', corruptMessage(node, `it cannot be read (${reason})`), options);
  }
  if (has(FOREIGN)) {
    return new StorageError('foreign', `${node}'s disk was written by a newer version of this program.`, options);
  }
  return new StorageError('failed', `${node}'s disk could not ${task}: ${reason}.`, options);
}

/** The sentence for a disk that cannot be believed: what is wrong, and what to do. */
export function corruptMessage(node: NodeId, problem: string): string {
  return `${node}'s disk is corrupt: ${problem}. ${node} stays down, as it must not vote on what it may have forgotten: replace it by a new node, or start a new cluster.`;
}

interface Cause {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

/** The error and its causes, outermost first. */
function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  let current = error;
  while (typeof current === 'object' && current !== null && causes.length < MAX_CAUSES) {
    causes.push({ name: textOf(current, 'name'), code: textOf(current, 'code'), message: textOf(current, 'message') });
    current = 'cause' in current ? current.cause : undefined;
  }
  return causes;
}

function textOf(error: object, property: string): string {
  const value: unknown = Reflect.get(error, property);
  return typeof value === 'string' ? value : '';
}
