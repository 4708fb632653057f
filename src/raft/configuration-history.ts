import { configurationOf } from './configuration.ts';
import type { NodeId } from './entry.ts';
import { configurationsIn } from './placed-configuration.ts';
import type { PlacedConfiguration } from './placed-configuration.ts';
import type { Persisted } from './raft-state.ts';
import type { Rules } from './rules.ts';

/** Of a node that was born outside of every cluster: it waits for a leader to write to it. */
const nowhere: PlacedConfiguration = { index: 0, configuration: configurationOf([]) };

/**
 * Every configuration from the base of a log on, in order; never empty. The last one holds, committed or not (§6, thesis 4.1), and
 * those before it are kept because it may be undone.
 */
export class ConfigurationHistory {
  private placed: PlacedConfiguration[];

  private constructor(placed: PlacedConfiguration[]) {
    this.placed = placed;
  }

  /** What a node's disk says of it; `born`: the voters that it was told of at its birth. */
  static of(born: readonly NodeId[], { snapshot, entries }: Persisted, rules: Rules): ConfigurationHistory {
    const first = configurationOf(born);
    const oldest =
      snapshot === undefined
        ? { index: 0, configuration: first }
        : { index: snapshot.index, configuration: rules.configurationAtStart(snapshot.configuration, first) };
    return new ConfigurationHistory([oldest, ...configurationsIn(entries).filter(({ index }) => index > oldest.index)]);
  }

  get last(): PlacedConfiguration {
    return this.placed[this.placed.length - 1] ?? nowhere;
  }

  /** The one before the last; where none is left, the last. */
  get before(): PlacedConfiguration {
    return this.placed[this.placed.length - 2] ?? this.last;
  }

  /** The one that held at `index`, which is not before the base of the log. */
  at(index: number): PlacedConfiguration {
    return this.placed.filter((placed) => placed.index <= index).at(-1) ?? nowhere;
  }

  add(placed: PlacedConfiguration): void {
    this.placed.push(placed);
  }

  /** Entries from there on are gone. Whether another one holds now. */
  undoFrom(index: number): boolean {
    if (this.last.index < index) return false;
    this.placed = this.placed.filter((placed) => placed.index < index);
    return true;
  }

  /** Entries up to there are compacted away. The last one up to there still holds. */
  compactTo(index: number): void {
    const later = this.placed.filter((placed) => placed.index > index);
    this.placed = [...this.placed.slice(0, -later.length || undefined).slice(-1), ...later];
  }

  /** A snapshot says which one held at its end; of those after it, the ones up to `lastIndex` stay. */
  beginAt(first: PlacedConfiguration, lastIndex: number): void {
    const later = this.placed.filter(({ index }) => index > first.index && index <= lastIndex);
    this.placed = [first, ...later];
  }
}
