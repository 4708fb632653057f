import type { SnapshotProgress } from '../timeline/view.ts';

/** How much of a snapshot has come: `25 %`. */
export function shareOf({ heldBytes, totalBytes }: Pick<SnapshotProgress, 'heldBytes' | 'totalBytes'>): string {
  return `${totalBytes === 0 ? 100 : Math.floor((100 * heldBytes) / totalBytes)} %`;
}
