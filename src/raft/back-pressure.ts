import type { ProposalLimit } from './effect.ts';
import { sizeOfEntry } from './entry-size.ts';
import type { Machine } from './machine.ts';

/**
 * The limit that one more proposal would exceed; undefined where there is room. A leader that cannot commit must not
 * take on without end what it may lose, so it says so while the client can still turn elsewhere.
 */
export function exceededLimit(machine: Machine): ProposalLimit | undefined {
  const { config, log, commitIndex } = machine;
  const most = config.maxUncommittedEntries;
  if (log.lastIndex - commitIndex >= most) return { unit: 'entries', most };
  const { maxUncommittedBytes } = config;
  if (maxUncommittedBytes === undefined || config.sizeOf === undefined) return undefined;
  // One proposal is always taken while nothing waits, however large it is.
  return log.lastIndex > commitIndex && uncommittedBytes(machine) >= maxUncommittedBytes
    ? { unit: 'bytes', most: maxUncommittedBytes }
    : undefined;
}

/** Counts each entry once when it comes and once when it is committed, and not the log at every proposal. */
function uncommittedBytes(machine: Machine): number {
  const { uncommitted, log, commitIndex, term } = machine;
  if (uncommitted.term !== term || uncommitted.from < log.base.index) {
    uncommitted.term = term;
    uncommitted.bytes = 0;
    uncommitted.from = commitIndex;
    uncommitted.to = commitIndex;
  }
  uncommitted.bytes += bytesBetween(machine, uncommitted.to, log.lastIndex);
  uncommitted.to = log.lastIndex;
  uncommitted.bytes -= bytesBetween(machine, uncommitted.from, commitIndex);
  uncommitted.from = commitIndex;
  return uncommitted.bytes;
}

/** Of the entries behind `from` up to `to`. */
function bytesBetween({ log, config }: Machine, from: number, to: number): number {
  let bytes = 0;
  for (let index = from + 1; index <= to; index++) {
    const entry = log.entryAt(index);
    if (entry !== undefined) bytes += sizeOfEntry(config, entry);
  }
  return bytes;
}
