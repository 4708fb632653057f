import { expect, it } from 'vitest';
import { retryAfterMs } from '../../../src/adapter/transport/dialer.ts';

it('a peer that is not there is dialled in ever longer intervals up to two seconds, and no two nodes keep step', () => {
  const longest = [100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000];
  for (const [at, dueMs] of longest.entries()) {
    const drawn = Array.from({ length: 200 }, () => retryAfterMs(at + 1));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(dueMs / 2);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(dueMs);
    // They are spread over the whole of it.
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(dueMs / 4);
  }
});
