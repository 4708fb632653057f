import type { ClusterConfig } from '../config/cluster-config.ts';
import { configOf } from '../config/read-config.ts';
import type { RaftStoreOptions } from './raft-store-types.ts';

/** What stands in the options of a store, with the rest filled in. Throws a RangeError where it cannot be. */
export function readOptions(options: RaftStoreOptions): ClusterConfig {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new RangeError('A store is started with an object of options.');
  }
  const fields: readonly (readonly [string, unknown])[] = Object.entries(given);
  // A program that leaves something out may well say so.
  const said = Object.fromEntries(fields.filter(([name, value]) => name !== 'id' && value !== undefined));
  const { folder, ...rest } = said;
  if (typeof folder !== 'string' || folder === '') throw new RangeError('folder must be a text, and not empty.');
  const read = configOf({ ...rest, data: folder }, process.cwd(), {}, () => '');
  if ('error' in read) throw new RangeError(read.error);
  return read.config;
}
