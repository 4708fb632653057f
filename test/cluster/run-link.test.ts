import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkOf, MAX_LINK_LENGTH, MAX_READ_LENGTH, runOfLink } from '../../src/cluster/run-link.ts';
import { drawRun } from '../../src/sim/fuzz/draw-run.ts';
import type { Run } from '../../src/timeline/run.ts';
import { anyRun } from '../support/random-run.ts';

async function made(run: Run): Promise<string> {
  const link = await linkOf(run);
  if (link === undefined) throw new Error('It is too long for a link.');
  return link;
}

describe('A run in an address', () => {
  it('is read back as it was, whatever stands in it', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun(20), async (run) => {
        const link = await made(run);
        expect(link).toMatch(/^run=[\w-]+$/);
        expect(await runOfLink(`#${link}`)).toEqual({ run: JSON.parse(JSON.stringify(run)) as Run });
      }),
      { numRuns: 50 },
    );
  });

  it('is not made where it would be too long', async () => {
    const run = drawRun(3);
    const operation = (place: number) => ({ type: 'set', key: 'x', value: String(Math.sin(place)) }) as const;
    const actions = Array.from({ length: 3_000 }, (_, place) => ({
      atUs: place,
      action: { type: 'request', client: 'c1', requestId: `r${place}`, operation: operation(place) } as const,
    }));
    expect((await made(run)).length).toBeLessThanOrEqual(MAX_LINK_LENGTH);
    expect(await linkOf({ ...run, actions, untilUs: 3_000 })).toBeUndefined();
  });

  it('is told from any other address', async () => {
    for (const hash of ['', '#', '#top', '#running=1']) expect(await runOfLink(hash)).toBeUndefined();
  });

  it('that is cut off, changed, foreign or too long is refused in one sentence', async () => {
    const link = await made(drawRun(3));
    const broken = { error: 'The link holds no run: it is cut off, or was changed on its way.' };
    expect(await runOfLink(`#${link.slice(0, -20)}`)).toEqual(broken);
    expect(await runOfLink('#run=')).toEqual(broken);
    expect(await runOfLink('#run=%%%')).toEqual(broken);
    const foreign = await made({ ...drawRun(3), version: 7 } as unknown as Run);
    expect(await runOfLink(foreign)).toEqual({
      error: 'The run in the link: This is version 7 of the run format; this playground reads version 1.',
    });
    const long = await runOfLink(`#run=${'A'.repeat(MAX_READ_LENGTH)}`);
    expect(long).toEqual({
      error: `The link is longer than one that holds a run may be: the limit is 1,048,576 characters.`,
    });
  });
});
