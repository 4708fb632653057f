import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WriteWitness } from '../../../src/adapter/node/write-witness.ts';

describe('a witness of writes', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whitewater-witness-'));
    path = join(folder, 'witness');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function remembered(): Promise<number | 'new' | undefined> {
    const { witness, sequence } = await WriteWitness.open(path);
    await witness.close();
    return sequence;
  }

  async function remember(...sequences: readonly number[]): Promise<void> {
    const { witness, sequence: before } = await WriteWitness.open(path);
    if (before === 'new') await witness.begin();
    for (const sequence of sequences) witness.remember(sequence);
    await witness.close();
  }

  /** Breaks the one of its two places in which that sequence stands. */
  async function tear(sequence: number): Promise<void> {
    const bytes = await readFile(path);
    const at = [0, 512].find((start) => bytes.readDoubleBE(start) === sequence);
    if (at === undefined) throw new Error(`${sequence} stands nowhere.`);
    bytes.writeDoubleBE(Number.MAX_SAFE_INTEGER, at);
    await writeFile(path, bytes);
  }

  it('is new until it has seen a write, and then knows the last one', async () => {
    expect(await remembered()).toBe('new');
    expect(await remembered()).toBe('new');
    await remember(-1);
    expect(await remembered()).toBe(-1);
    await remember(3, 8, 2_000_000_000_000_000);
    expect(await remembered()).toBe(2_000_000_000_000_000);
  });

  it('that is torn in its last write still knows the one before', async () => {
    await remember(7, 8);
    await tear(8);
    expect(await remembered()).toBe(7);
  });

  it('that is broken in both places knows nothing, and says so', async () => {
    await remember(7, 8);
    await tear(7);
    await tear(8);
    expect(await remembered()).toBeUndefined();
  });
});
