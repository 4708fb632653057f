import { Worker } from 'node:worker_threads';
import type { DrawOptions } from '../../sim/fuzz/draw-run.ts';
import type { FailingSeed } from '../../sim/fuzz/play-seeds.ts';
import type { SeedPlan } from '../../sim/fuzz/seed-plan.ts';
import type { Shrunk } from '../../sim/fuzz/shrink.ts';
import type { FuzzAnswer, FuzzTask } from './fuzz-task.ts';

/** Threads that play seeds, one for each core. They hold nothing from one task to the next. */
export class FuzzThreads {
  readonly #workers: readonly Worker[];

  /** `module` is the worker's own, as a file. */
  constructor(module: URL, count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker(module));
  }

  /** Plays all that the plan deals, and calls `onProgress` after each share. Stops early where `signal` says so. */
  async play(plan: SeedPlan, options: DrawOptions, onProgress: () => void, signal: AbortSignal): Promise<void> {
    const lane = async (worker: Worker): Promise<void> => {
      for (let share = plan.deal(); share !== undefined && !signal.aborted; share = plan.deal()) {
        const answer = await asked(worker, { type: 'play', share, options }, signal);
        if (answer?.type !== 'played') return;
        plan.gather(answer.played);
        onProgress();
      }
    };
    await Promise.all(this.#workers.map(lane));
  }

  /** Undefined where `signal` came first. */
  async shrink(found: FailingSeed, signal: AbortSignal): Promise<Shrunk | undefined> {
    const [worker] = this.#workers;
    if (worker === undefined) throw new RangeError('There is no thread to shrink in.');
    const answer = await asked(worker, { type: 'shrink', found }, signal);
    return answer?.type === 'shrunk' ? answer.shrunk : undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/** One task, one answer; undefined where `signal` came first. Rejects where the thread fails. */
function asked(worker: Worker, task: FuzzTask, signal: AbortSignal): Promise<FuzzAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', answer);
      worker.off('error', fail);
      signal.removeEventListener('abort', stop);
    };
    const answer = (message: FuzzAnswer): void => {
      settle();
      resolve(message);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    const stop = (): void => {
      settle();
      resolve(undefined);
    };
    worker.on('message', answer);
    worker.on('error', fail);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    else worker.postMessage(task);
  });
}
