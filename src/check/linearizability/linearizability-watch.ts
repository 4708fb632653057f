import type { TimelineEvent } from '../../timeline/event.ts';
import { DEFAULT_SEARCH_LIMITS, type Verdict } from './check-history.ts';
import { explain, type Explanation } from './explain.ts';
import { problemOf } from './problem.ts';
import { search, type SearchLimits } from './search.ts';
import { TimelineHistory } from './timeline-history.ts';

/** Whether what the clients of a timeline were told can be explained, kept up to date as it grows. */
export class LinearizabilityWatch {
  readonly history = new TimelineHistory();
  readonly #limits: SearchLimits;
  /** Keys whose history has changed since it was last looked at, and those of which the search did not know. */
  readonly #changed = new Set<string>();
  readonly #undecided = new Set<string>();
  #wrong: string | undefined;
  #configurations = 0;

  constructor(limits: SearchLimits = DEFAULT_SEARCH_LIMITS) {
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
      const result = search(problemOf(this.history.operationsOn(key), undefined), this.#limits);
      this.#configurations += result.configurations;
      if (result.type === 'impossible') this.#wrong = key;
      if (result.type === 'exhausted') this.#undecided.add(key);
      else this.#undecided.delete(key);
    }
    const configurations = this.#configurations;
    if (this.#wrong !== undefined) return { type: 'not-linearizable', key: this.#wrong, configurations };
    const [undecided] = this.#undecided;
    return undecided === undefined
      ? { type: 'linearizable', configurations }
      : { type: 'unknown', key: undecided, configurations };
  }

  /** Why the key of which the verdict said that it is not linearizable is not. */
  explain(): Explanation | undefined {
    return this.#wrong === undefined ? undefined : explain(this.history.operationsOn(this.#wrong), undefined);
  }
}
