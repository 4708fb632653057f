import type { RaftConfig } from './config.ts';
import { membersOf } from './configuration.ts';
import type { Entry } from './entry.ts';

/** What an entry takes beside its command: its index, its term and its kind. */
export const ENTRY_OVERHEAD_BYTES = 16;

/**
 * How many bytes an entry counts. The size of a command is asked of the host (`sizeOf`) and not told with the proposal: a
 * new leader sends entries that it never saw proposed, and one that restarts reads them from its disk, so a size told once
 * would have to stand in every entry. 0 where nobody measures.
 */
export function sizeOfEntry({ sizeOf }: RaftConfig, entry: Entry): number {
  if (sizeOf === undefined) return 0;
  switch (entry.type) {
    case 'no-op':
      return ENTRY_OVERHEAD_BYTES;
    case 'command':
      return ENTRY_OVERHEAD_BYTES + sizeOf(entry.command);
    default:
      return ENTRY_OVERHEAD_BYTES + membersOf(entry.configuration).join().length;
  }
}

/** How many bytes so many entries count together. */
export function sizeOfEntries(config: RaftConfig, entries: readonly Entry[]): number {
  if (config.sizeOf === undefined) return 0;
  let bytes = 0;
  for (const entry of entries) bytes += sizeOfEntry(config, entry);
  return bytes;
}
