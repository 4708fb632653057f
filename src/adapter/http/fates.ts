import type { Fate } from '../../kv/client-message.ts';
import type { OperationResult } from '../../kv/command.ts';
import { Problem } from './problem.ts';

/** How an operation came out well. */
export interface Done {
  readonly index: number;
  readonly via: string;
  readonly value: string | undefined;
}

/** Throws the problem that tells of a fate that is no success. */
export function doneOf(fate: Fate): Done {
  switch (fate.type) {
    case 'committed':
      return { index: fate.index, via: fate.via ?? 'log', value: valueOf(fate.result) };
    case 'failed':
      throw new Problem('not-taken', fate.reason, { outcome: 'not-taken' });
    case 'unknown':
      throw new Problem('fate-unknown', fate.reason, { outcome: 'unknown' });
  }
}

function valueOf(result: OperationResult): string | undefined {
  switch (result.type) {
    case 'ok':
      return result.value;
    case 'mismatch':
      throw new Problem('mismatch', 'The key does not hold what was expected.', { actual: result.actual ?? null });
    case 'refused':
    case 'expired':
      throw new Problem('refused', result.message);
  }
}
