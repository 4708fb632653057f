import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockOffset } from '../../../src/cluster/remote/clock-offset.ts';

describe('How far a clock is ahead', () => {
  it('is not known before an answer', () => {
    const offset = new ClockOffset();
    expect([offset.aheadUs, offset.doubtUs, offset.roundTripUs]).toEqual([undefined, undefined, undefined]);
  });

  it('is told by the quickest of the last answers, and is wrong by no more than it says', () => {
    const answers = fc.array(fc.tuple(fc.nat(50_000), fc.nat(50_000)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), answers, (aheadUs, ways) => {
        const offset = new ClockOffset();
        let nowUs = 1e12;
        for (const [thereUs, backUs] of ways) {
          offset.note(nowUs, nowUs + thereUs + aheadUs, nowUs + thereUs + backUs);
          nowUs += 1e6;
        }
        expect(Math.abs((offset.aheadUs ?? NaN) - aheadUs)).toBeLessThanOrEqual((offset.doubtUs ?? NaN) + 0.001);
      }),
    );
  });
});
