import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A process that has a file locked. */
export interface LockHolder {
  readonly pid: number;
  /** It was told to stand still (SIGSTOP), and does not end by itself. */
  readonly isStopped: boolean;
}

/** Which process has that file locked. Undefined where none has, or where the system does not tell: only Linux does. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const { ino } = await stat(path);
    // 1: POSIX  ADVISORY  WRITE 4711 08:01:131104 0 EOF
    for (const line of (await readFile('/proc/locks', 'utf8')).split('\n')) {
      const [, pid, inode] = /WRITE +(\d+) [\da-f]+:[\da-f]+:(\d+) /.exec(line) ?? [];
      if (Number(inode) !== ino || Number(pid) === process.pid) continue;
      // Other disks have the same number for other files.
      if (await hasOpen(Number(pid), path)) return { pid: Number(pid), isStopped: await isStopped(Number(pid)) };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** Who has it, and what to do about that: one sentence. */
export function holderSentence(what: string, { pid, isStopped: stands }: LockHolder): string {
  return stands
    ? `${what} is in use by process ${pid}, which was stopped and does not end by itself: kill -9 ${pid} ends it.`
    : `${what} is in use by process ${pid}: end that, or what started it, first.`;
}

async function hasOpen(pid: number, path: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => undefined);
  // What belongs to somebody else is not shown.
  if (names === undefined) return true;
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  return targets.includes(path);
}

async function isStopped(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^State:\s+T/m.test(status);
}
