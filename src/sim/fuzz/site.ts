import type { NodeId } from '../../raft/entry.ts';
import type { Random } from '../../raft/random.ts';
import type { TimedAction } from '../../timeline/action.ts';
import type { RunConfig } from '../../timeline/run-config.ts';

/** Where faults are drawn for: a cluster, before it is known what will become of it. */
export interface Site {
  readonly config: RunConfig;
  /** Every machine that the run has, those included that are started beside the first ones. */
  readonly nodes: readonly NodeId[];
  /** Those whose disks may be ruined for good: fewer than half, and none where only the run itself can tell who is a voter. */
  readonly doomed: readonly NodeId[];
}

/** Draws one fault that begins at `atMs`, with its end where it has one. All times virtual milliseconds. */
export type DrawFault = (random: Random, site: Site, atMs: number) => readonly TimedAction[];

/** Actions are done at whole virtual milliseconds: a person may want to read them. */
export function at(atMs: number, action: TimedAction['action']): TimedAction {
  return { atUs: atMs * 1_000, action };
}
