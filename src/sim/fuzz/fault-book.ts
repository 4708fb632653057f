import { damagedDisk, failedWrite, slowDisk, swappedDisks, tornWrite } from './disk-faults.ts';
import { changeMembership } from './membership-changes.ts';
import {
  bridge,
  clogged,
  flapping,
  isolate,
  oneWayCut,
  partition,
  ring,
  roughLinks,
  roughWater,
} from './network-faults.ts';
import {
  clockDrift,
  clockJump,
  crash,
  pause,
  powerFailure,
  restart,
  slowNode,
  takeSnapshot,
  timeOut,
  transfer,
} from './node-faults.ts';
import type { DrawFault } from './site.ts';

/** What the fuzzer does to a cluster, beside asking it for things. */
export type FaultName =
  | 'crash'
  | 'restart'
  | 'pause'
  | 'power-failure'
  | 'slow-node'
  | 'slow-disk'
  | 'failed-write'
  | 'torn-write'
  | 'damaged-disk'
  | 'swapped-disks'
  | 'clock-drift'
  | 'clock-jump'
  | 'time-out'
  | 'transfer'
  | 'snapshot'
  | 'membership'
  | 'partition'
  | 'isolate'
  | 'one-way-cut'
  | 'bridge'
  | 'ring'
  | 'flapping'
  | 'clogged'
  | 'rough-water'
  | 'rough-links';

export interface FaultKind {
  readonly name: FaultName;
  /** Where it is switched on, one comes so often on average, at most and at least, virtual milliseconds. */
  readonly everyMs: { readonly least: number; readonly most: number };
  readonly draw: DrawFault;
}

/** A run turns on some of these, each at a rate of its own. */
export const faultBook: readonly FaultKind[] = [
  { name: 'crash', everyMs: { least: 100, most: 2_500 }, draw: crash },
  { name: 'restart', everyMs: { least: 60, most: 2_500 }, draw: restart },
  { name: 'pause', everyMs: { least: 150, most: 2_500 }, draw: pause },
  { name: 'power-failure', everyMs: { least: 600, most: 4_000 }, draw: powerFailure },
  { name: 'slow-disk', everyMs: { least: 300, most: 3_000 }, draw: slowDisk },
  { name: 'slow-node', everyMs: { least: 300, most: 3_000 }, draw: slowNode },
  { name: 'failed-write', everyMs: { least: 300, most: 3_000 }, draw: failedWrite },
  { name: 'torn-write', everyMs: { least: 300, most: 3_000 }, draw: tornWrite },
  { name: 'damaged-disk', everyMs: { least: 600, most: 4_000 }, draw: damagedDisk },
  { name: 'swapped-disks', everyMs: { least: 1_000, most: 4_000 }, draw: swappedDisks },
  { name: 'clock-drift', everyMs: { least: 300, most: 3_000 }, draw: clockDrift },
  { name: 'clock-jump', everyMs: { least: 200, most: 3_000 }, draw: clockJump },
  { name: 'time-out', everyMs: { least: 60, most: 1_500 }, draw: timeOut },
  { name: 'transfer', everyMs: { least: 150, most: 2_500 }, draw: transfer },
  { name: 'snapshot', everyMs: { least: 100, most: 2_000 }, draw: takeSnapshot },
  { name: 'membership', everyMs: { least: 100, most: 1_500 }, draw: changeMembership },
  { name: 'partition', everyMs: { least: 200, most: 3_000 }, draw: partition },
  { name: 'isolate', everyMs: { least: 200, most: 3_000 }, draw: isolate },
  { name: 'one-way-cut', everyMs: { least: 150, most: 3_000 }, draw: oneWayCut },
  { name: 'bridge', everyMs: { least: 400, most: 4_000 }, draw: bridge },
  { name: 'ring', everyMs: { least: 400, most: 4_000 }, draw: ring },
  { name: 'flapping', everyMs: { least: 300, most: 3_000 }, draw: flapping },
  { name: 'clogged', everyMs: { least: 150, most: 3_000 }, draw: clogged },
  { name: 'rough-water', everyMs: { least: 400, most: 4_000 }, draw: roughWater },
  { name: 'rough-links', everyMs: { least: 300, most: 3_000 }, draw: roughLinks },
];
