import type { TimedAction } from '../timeline/action.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { MAX_ACTIONS, RUN_VERSION, type Run } from '../timeline/run.ts';
import type { ActionMark, RecordedAction } from './run-journal.ts';
import { UndoStack } from './undo-stack.ts';

/** The actions of a run so far, in their order, and what follows from them: which can be undone, which names are taken. */
export class ActionLedger {
  readonly seed: number;
  readonly config: RunConfig;
  readonly undo: UndoStack;
  readonly #actions: RecordedAction[] = [];
  /** The names of the run's requests, each of which is used once. */
  readonly #requestIds = new Set<string>();

  constructor(seed: number, config: RunConfig) {
    this.seed = seed;
    this.config = config;
    this.undo = new UndoStack(config);
  }

  get length(): number {
    return this.#actions.length;
  }

  /** Whether it holds all that people may do in a run. */
  get isFull(): boolean {
    return this.#actions.length >= MAX_ACTIONS;
  }

  add({ atUs, action }: TimedAction, mark?: ActionMark): void {
    this.undo.record({ atUs, action }, this.#actions.length, mark?.undoes);
    this.#actions.push(mark === undefined ? { atUs, action } : { atUs, action, mark });
    if (action.type === 'request') this.#requestIds.add(action.requestId);
  }

  slice(from: number, to?: number): readonly RecordedAction[] {
    return this.#actions.slice(from, to);
  }

  hasRequest(requestId: string): boolean {
    return this.#requestIds.has(requestId);
  }

  /** A name for one more request. A loaded run, or a script, may have named its requests otherwise than by counting them. */
  nextRequestId(): string {
    let number = this.#requestIds.size + 1;
    while (this.#requestIds.has(`r${number}`)) number += 1;
    return `r${number}`;
  }

  /** The run, played until that moment. */
  run(untilUs: number): Run {
    const actions = this.#actions.map(({ atUs, action }): TimedAction => ({ atUs, action }));
    const { seed, config } = this;
    return { format: 'whitewater-run', version: RUN_VERSION, seed, config, actions, untilUs };
  }
}
