import { sentenceOfError } from '../timeline/error-sentence.ts';

/** Why a file cannot be read, in one sentence that names it. */
export function readFault(path: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `There is no file ${path}.`;
    case 'EISDIR':
      return `${path} is a folder, not a file.`;
    case 'EACCES':
    case 'EPERM':
      return `${path} may not be read.`;
    default:
      return `${path} cannot be read: ${sentenceOfError(error)}.`;
  }
}

/** Why a folder cannot be made or written into, in one sentence that names it. */
export function folderFault(path: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return `The folder ${path} cannot be made there.`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${path} is no folder, and cannot be one: there is a file.`;
    case 'EACCES':
    case 'EPERM':
      return `The folder ${path} may not be written to.`;
    case 'EROFS':
      return `The folder ${path} is on a disk that is read-only.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk of the folder ${path} is full.`;
    default:
      return `The folder ${path} cannot be written to: ${sentenceOfError(error)}.`;
  }
}

/** Whether the system, and not this program, is what threw. */
export function isSystemError(error: unknown): boolean {
  return codeOf(error) !== undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
