import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFaketime } from '../../../.ci/faketime.mjs';
import type { NodeId } from '../../../src/raft/entry.ts';

/** Which of a process's clocks are not its machine's: that of the date alone, or also the one that nobody can set. */
export type FakedClocks = 'wall' | 'wall-and-monotonic';

const library = findFaketime();

/** Why no clock can be faked here; undefined where it can. */
export const whyNoFakeClocks = library === undefined ? 'libfaketime is not installed' : undefined;

/** Clocks of processes that this test sets, each on its own. A process that has just begun has the machine's, at its rate. */
export class FakeClocks {
  readonly #clocks: FakedClocks;
  readonly #folder = mkdtempSync(join(tmpdir(), 'whitewater-clocks-'));

  constructor(clocks: FakedClocks) {
    this.#clocks = clocks;
  }

  /** What a process needs in its environment to live by the clock of that name. `rate`: how fast it runs from the beginning. */
  environmentOf(id: NodeId, rate = 1): NodeJS.ProcessEnv {
    this.#write(id, `+0 x${rate}`);
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#pathOf(id),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: this.#clocks === 'wall' ? '1' : '0',
      NO_FAKE_STAT: '1',
    };
  }

  /** From now on the clock is so many seconds ahead of where it would be. */
  jump(id: NodeId, seconds: number): void {
    this.#write(id, `+${seconds}`);
  }

  end(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #pathOf(id: NodeId): string {
    return join(this.#folder, id);
  }

  /** In one step: the process looks at any moment. */
  #write(id: NodeId, text: string): void {
    const path = this.#pathOf(id);
    writeFileSync(`${path}.new`, `${text}\n`);
    renameSync(`${path}.new`, path);
  }
}
