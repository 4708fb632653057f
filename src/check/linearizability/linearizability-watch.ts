import type { Operation } from '../../kv/command.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import { DEFAULT_SEARCH_LIMITS, type Verdict } from './check-history.ts';
import { explain, type Explanation } from './explain.ts';
import { problemOf } from './problem.ts';
import type { Value } from './history.ts';
import { search, type SearchLimits } from './search.ts';
import { settledOf } from './settled.ts';
import { TimelineHistory } from './timeline-history.ts';

/**
 * Whether what the clients of a timeline were told can be explained, kept up to date as it grows. What is settled is forgotten, so
 * that a look costs what is new and not what was ever asked.
 */
export class LinearizabilityWatch {
  readonly history: TimelineHistory;
  readonly #limits: SearchLimits;
  /** Keys whose history has changed since it was last looked at, and those of which the search did not know. */
  readonly #changed = new Set<string>();
  readonly #undecided = new Set<string>();
  /** What a key held when its remembered history begins; left out: nothing. */
  readonly #initial = new Map<string, Value>();
  #wrong: string | undefined;
  #configurations = 0;

  /** `judges` says which operations are looked at; left out: all. */
  constructor(limits: SearchLimits = DEFAULT_SEARCH_LIMITS, judges?: (operation: Operation) => boolean) {
    this.history = new TimelineHistory(judges);
    this.#limits = limits;
  }

  see(event: TimelineEvent): void {
    const key = this.history.see(event);
    if (key !== undefined) this.#changed.add(key);
  }

  /** The verdict on all that was seen. Only keys with something new are looked at; what was wrong once stays so. */
  verdict(): Verdict {
    for (const key of this.#changed) {
      if (this.#wrong !== undefined) break;
      this.#changed.delete(key);
      const operations = this.history.operationsOn(key);
      const result = search(problemOf(operations, this.#initial.get(key)), this.#limits);
      this.#configurations += result.configurations;
      if (result.type === 'impossible') this.#wrong = key;
      if (result.type === 'exhausted') this.#undecided.add(key);
      else this.#undecided.delete(key);
      const settled = result.type === 'placed' ? settledOf(operations, this.history.endedOn(key)) : undefined;
      if (settled === undefined) continue;
      this.#initial.set(key, settled.value);
      this.history.forget(key, settled.count);
    }
    const configurations = this.#configurations;
    if (this.#wrong !== undefined) return { type: 'not-linearizable', key: this.#wrong, configurations };
    const [undecided] = this.#undecided;
    return undecided === undefined
      ? { type: 'linearizable', configurations }
      : { type: 'unknown', key: undecided, configurations };
  }

  /** Why the key of which the verdict said that it is not linearizable is not, from where it was last settled. */
  explain(): Explanation | undefined {
    if (this.#wrong === undefined) return undefined;
    return explain(this.history.operationsOn(this.#wrong), this.#initial.get(this.#wrong));
  }
}
