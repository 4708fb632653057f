import { describe, expect, it } from 'vitest';
import type { Breach } from '../../src/check/invariants/breach.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RealInvariants } from '../../src/ui/checks/real-invariants.ts';

describe('The checks of a real cluster', () => {
  const leads = (actor: string, term: number): TimelineEvent => ({
    atUs: term,
    actor,
    event: { type: 'became-leader', term, lastIndex: 0, peers: [], rule: 'majority' },
  });
  const applies = (actor: string, index: number, term: number): TimelineEvent => ({
    atUs: index,
    actor,
    event: {
      type: 'applied',
      entry: { type: 'no-op', index, term },
      result: undefined,
      change: undefined,
      repeat: false,
    },
  });
  const picture = (actor: string, term: number, last: number): TimelineEvent =>
    ({
      atUs: 0,
      actor,
      event: { type: 'picture', picture: { term, base: { index: last, term }, entries: [] } },
    }) as unknown as TimelineEvent;
  const other: TimelineEvent = { atUs: 0, actor: 'n1', event: { type: 'timer-set', deadlineUs: 1 } };

  function judged(...events: readonly TimelineEvent[]): Breach | undefined {
    const watch = new RealInvariants(defaultRunConfig, 0);
    for (const event of events) watch.see(event);
    return watch.breach;
  }

  it('find two leaders of a term and two entries at an index, in whatever order they are told, and where', () => {
    expect(judged(leads('n1', 2), leads('n2', 1), applies('n1', 5, 2), applies('n2', 4, 1))).toBeUndefined();
    expect(judged(other, leads('n1', 2), other, leads('n2', 2))).toMatchObject({
      invariant: 'election-safety',
      events: [{ index: 1 }, { index: 3 }],
    });
    expect(judged(applies('n1', 5, 2), applies('n2', 5, 3))?.invariant).toBe('state-machine-safety');
  });

  it('know nothing any more of a cluster that lost its disks', () => {
    expect(judged(leads('n1', 2), leads('n2', 3), picture('n2', 0, 0), leads('n3', 2))).toBeUndefined();
    expect(judged(applies('n1', 5, 1), picture('n1', 1, 0), applies('n1', 5, 2))).toBeUndefined();
    // A node that was killed has its log still, and may only apply it anew.
    const broken = judged(applies('n1', 5, 1), picture('n1', 1, 5), applies('n1', 5, 2));
    expect(broken?.invariant).toBe('state-machine-safety');
  });

  it('do not judge what needs to know what came first, or what was before', () => {
    const goes = (applied: number, commitIndex: number): TimelineEvent[] => [
      { atUs: 0, actor: 'n1', event: { type: 'commit-advanced', from: 0, commitIndex, rule: 'commit-from-leader' } },
      applies('n1', applied, 1),
    ];
    // It was not told of the entries in between, and then the node was killed and began again.
    expect(judged(...goes(4, 9), ...goes(9, 9), ...goes(1, 1))).toBeUndefined();
  });
});
