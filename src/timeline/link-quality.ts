import type { Lateness, LinkQuality } from './action.ts';

/** Nothing is late. */
export const notLate: Lateness = { chance: 0, delay: { meanMs: 0, spreadMs: 0 } };

/** The quality with what of it is set anew; what befalls no message is left out. */
export function changedQuality(quality: LinkQuality, change: Partial<LinkQuality> = {}): LinkQuality {
  const { latency, loss, duplication, reordering, replay } = { ...quality, ...change };
  return {
    latency,
    loss,
    duplication,
    ...(reordering !== undefined && reordering.chance > 0 && { reordering }),
    ...(replay !== undefined && replay.chance > 0 && { replay }),
  };
}

export function sameQuality(one: LinkQuality, other: LinkQuality): boolean {
  return JSON.stringify(changedQuality(one)) === JSON.stringify(changedQuality(other));
}

/** Of `quality` just what `change` would set. */
export function replacedBy(quality: LinkQuality, change: Partial<LinkQuality>): Partial<LinkQuality> {
  return {
    ...(change.latency !== undefined && { latency: quality.latency }),
    ...(change.loss !== undefined && { loss: quality.loss }),
    ...(change.duplication !== undefined && { duplication: quality.duplication }),
    ...(change.reordering !== undefined && { reordering: quality.reordering ?? notLate }),
    ...(change.replay !== undefined && { replay: quality.replay ?? notLate }),
  };
}
