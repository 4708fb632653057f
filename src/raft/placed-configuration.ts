import type { Configuration } from './configuration.ts';
import type { Entry } from './entry.ts';

/** A configuration, and the place in the log from which it holds; 0 for what a node was born with. */
export interface PlacedConfiguration {
  readonly index: number;
  readonly configuration: Configuration;
}

/** The configurations that stand among these entries, in order. */
export function configurationsIn(entries: readonly Entry[]): PlacedConfiguration[] {
  const found: PlacedConfiguration[] = [];
  for (const entry of entries) {
    if (entry.type === 'configuration') found.push({ index: entry.index, configuration: entry.configuration });
  }
  return found;
}
