import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/host/ports.ts';
import { toStorageError } from '../../src/storage/storage-failure.ts';

/** As abstract-level wraps what lies below it. */
function wrapped(cause: unknown): Error {
  return Object.assign(new Error('Database failed to open', { cause }), { code: 'LEVEL_DATABASE_NOT_OPEN' });
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

describe('toStorageError', () => {
  it.each([
    ['IndexedDB over its quota', 'full', new DOMException('Quota exceeded.', 'QuotaExceededError')],
    ['a file system without room', 'full', coded('ENOSPC', 'write failed')],
    [
      'LevelDB without room, which only says so',
      'full',
      coded('LEVEL_IO_ERROR', 'IO error: 3.log: No space left on device'),
    ],
    ['a LevelDB that is locked', 'blocked', coded('LEVEL_LOCKED', 'IO error: lock: already held by process')],
    ['a browser that denies storage', 'blocked', new DOMException('The operation is insecure.', 'SecurityError')],
    ['a folder without access', 'blocked', coded('EACCES', 'permission denied')],
    ['a LevelDB that is damaged', 'corrupt', coded('LEVEL_CORRUPTION', 'Corruption: bad block')],
    ['an IndexedDB whose file is gone', 'corrupt', new DOMException('Data lost.', 'NotReadableError')],
    ['an IndexedDB of a newer page', 'foreign', new DOMException('Newer.', 'VersionError')],
    ['anything else', 'failed', new Error('the cable fell out')],
  ] as const)('%s is called %s, however deep it lies', (_, reason, cause) => {
    for (const error of [cause, wrapped(cause), wrapped(wrapped(cause))]) {
      const mapped = toStorageError('n3', 'write', error);
      expect(mapped).toBeInstanceOf(StorageError);
      expect(mapped.reason).toBe(reason);
      expect(mapped.message).toMatch(/^n3's disk .*\.$/);
      expect(mapped.cause).toBe(error);
    }
  });

  it('says what the innermost cause said', () => {
    const error = wrapped(coded('EIO', 'the cable fell out'));
    expect(toStorageError('n3', 'read', error).message).toBe("n3's disk could not read: the cable fell out.");
  });

  it('leaves a StorageError as it is', () => {
    const error = new StorageError('foreign', 'It belongs to n2.');
    expect(toStorageError('n3', 'read', error)).toBe(error);
  });

  it.each([[undefined], [null], ['a text'], [42], [{}]])('manages with %j, which is no error at all', (thrown) => {
    const { reason, message } = toStorageError('n3', 'write', thrown);
    expect(reason).toBe('failed');
    expect(message).toMatch(/^n3's disk could not write: .+\.$/);
  });

  it('comes to an end on causes that go in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(toStorageError('n3', 'write', error).reason).toBe('failed');
  });
});
