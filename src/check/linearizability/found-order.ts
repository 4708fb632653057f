import type { HistoryOperation } from './history.ts';
import { WRITE, type Problem } from './problem.ts';

/**
 * The order that a search has found, from its choices (see Candidates). What is hidden stands before the last write at the time,
 * behind what was hidden there already.
 */
export function orderOf(problem: Problem, choices: readonly number[]): HistoryOperation[] {
  const { binding, optional, kinds } = problem;
  const used = new Int32Array(optional.length);
  const order: HistoryOperation[] = [];
  let lastWrite = 0;
  for (const choice of choices) {
    const group = -1 - choice;
    const isHidden = choice >= binding.length;
    const step = optional[group];
    const operation =
      step === undefined ? binding[isHidden ? choice - binding.length : choice] : step.operations[used[group] ?? 0];
    if (step !== undefined) used[group] = (used[group] ?? 0) + 1;
    if (operation === undefined) continue;
    if (isHidden) {
      order.splice(lastWrite, 0, operation);
      lastWrite += 1;
      continue;
    }
    if ((step === undefined ? kinds[choice] : step.kind) === WRITE) lastWrite = order.length;
    order.push(operation);
  }
  return order;
}
