import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sabotageNames } from '../../../src/raft/sabotage-name.ts';
import { drawRun } from '../../../src/sim/fuzz/draw-run.ts';
import { playChecked } from '../../../src/sim/fuzz/play-checked.ts';

/**
 * What docs/sabotages.md says of each: the first seed that shows it, and as what. Where the fuzzer draws otherwise, they
 * change: `npm run bench -- sabotage` finds them anew.
 */
const table = readFileSync('docs/sabotages.md', 'utf8');
const rows = new Map(
  table.split('\n').flatMap((line) => {
    const [, name, , , , as, seed] = line.split('|').map((cell) => cell.trim());
    return name?.startsWith('`') === true ? [[name.replaceAll('`', ''), { as, seed: Number(seed) }] as const] : [];
  }),
);

describe('The fuzzer catches', { timeout: 30_000 }, () => {
  it.each(sabotageNames)(
    '%s as docs/sabotages.md says, and nothing where the same run has the rules of the paper',
    (name) => {
      const row = rows.get(name);
      const run = drawRun(row?.seed ?? 0, { sabotages: [name] });
      const { failure } = playChecked(run);
      expect(failure?.kind === 'invariant' ? failure.name : failure?.kind).toBe(row?.as);
      const { sabotages: _wrong, ...config } = run.config;
      expect(playChecked({ ...run, config }).failure).toBeUndefined();
    },
  );
});
