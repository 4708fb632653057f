import { describe, expect, it } from 'vitest';
import { DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import { LinearizabilityWatch } from '../../../src/check/linearizability/linearizability-watch.ts';
import { MAX_WATCHED_REQUESTS } from '../../../src/check/linearizability/timeline-history.ts';
import type { Fate } from '../../../src/kv/client-message.ts';
import type { Operation, OperationResult } from '../../../src/kv/command.ts';
import type { TimelineEvent } from '../../../src/timeline/event.ts';

const asked = (requestId: string, operation: Operation, actor = 'c1'): TimelineEvent => ({
  atUs: 0,
  actor,
  event: { type: 'request-submitted', requestId, operation },
});

const ended = (requestId: string, fate: Fate, actor = 'c1'): TimelineEvent => ({
  atUs: 0,
  actor,
  event: { type: 'request-ended', requestId, fate },
});

const committed = (result: OperationResult): Fate => ({ type: 'committed', index: 1, result });
const held = (value: string | undefined): Fate => committed({ type: 'ok', value });

const set = (value: string): Operation => ({ type: 'set', key: 'x', value });
const get: Operation = { type: 'get', key: 'x' };

function watched(...events: readonly TimelineEvent[]): LinearizabilityWatch {
  const watch = new LinearizabilityWatch();
  for (const event of events) watch.see(event);
  return watch;
}

describe('The watch over what clients are told', () => {
  const both = [asked('1', set('1')), ended('1', held('1')), asked('2', set('2')), ended('2', held('2'))];

  it('lets a read see what was written last, and catches one that goes back', () => {
    expect(watched(...both, asked('3', get), ended('3', held('2'))).verdict().type).toBe('linearizable');
    const wrong = watched(...both, asked('3', get), ended('3', held('1')));
    expect(wrong.verdict()).toMatchObject({ type: 'not-linearizable', key: 'x' });
    expect(wrong.explain()?.culprit).toMatchObject({
      client: 'c1',
      call: { type: 'read' },
      invokedAt: 4,
      returnedAt: 5,
    });
  });

  it('keeps its verdict up to date, key by key', () => {
    const watch = watched(...both);
    expect(watch.verdict().type).toBe('linearizable');
    watch.see(asked('3', { type: 'get', key: 'y' }));
    expect(watch.verdict().type).toBe('linearizable');
    watch.see(ended('3', held('1')));
    expect(watch.verdict()).toMatchObject({ type: 'not-linearizable', key: 'y' });
    watch.see(asked('4', set('4')));
    expect(watch.verdict()).toMatchObject({ type: 'not-linearizable', key: 'y' });
  });

  it('lets an unknown write take effect later, and a failed one never', () => {
    const fate = (type: 'unknown' | 'failed'): TimelineEvent[] => [
      ...both,
      asked('3', set('3')),
      ended('3', { type, reason: 'too late' }),
      asked('4', get),
      ended('4', held('3')),
    ];
    expect(watched(...fate('unknown')).verdict().type).toBe('linearizable');
    expect(watched(...fate('failed')).verdict().type).toBe('not-linearizable');
  });

  it('lets a request that has not ended take effect', () => {
    expect(
      watched(...both, asked('3', set('3')), asked('4', get, 'c2'), ended('4', held('3'), 'c2')).verdict().type,
    ).toBe('linearizable');
  });

  it('still judges a read that was under way when what came after it was settled', () => {
    const watch = watched(...both, asked('3', get, 'c2'), asked('4', get), ended('4', held('2')));
    expect(watch.verdict().type).toBe('linearizable');
    watch.see(ended('3', held('1'), 'c2'));
    expect(watch.verdict()).toMatchObject({ type: 'not-linearizable', key: 'x' });
  });

  it('holds every answer to what the operation must come to', () => {
    const answers: readonly (readonly [Operation, OperationResult, boolean])[] = [
      [set('3'), { type: 'ok', value: '4' }, false],
      [{ type: 'append', key: 'x', value: '3' }, { type: 'ok', value: '23' }, true],
      [{ type: 'append', key: 'x', value: '3' }, { type: 'ok', value: '3' }, false],
      [{ type: 'delete', key: 'x' }, { type: 'ok', value: undefined }, true],
      [{ type: 'delete', key: 'x' }, { type: 'ok', value: '2' }, false],
      [{ type: 'compare-and-set', key: 'x', expected: '2', value: '3' }, { type: 'ok', value: '3' }, true],
      [{ type: 'compare-and-set', key: 'x', expected: '1', value: '3' }, { type: 'ok', value: '3' }, false],
      [{ type: 'compare-and-set', key: 'x', expected: '1', value: '3' }, { type: 'mismatch', actual: '2' }, true],
      [
        { type: 'compare-and-set', key: 'x', expected: '1', value: '3' },
        { type: 'mismatch', actual: undefined },
        false,
      ],
      [{ type: 'append', key: 'x', value: '3' }, { type: 'refused', message: 'too long' }, true],
    ];
    for (const [operation, result, isRight] of answers) {
      const { type } = watched(...both, asked('3', operation), ended('3', committed(result))).verdict();
      expect(type, JSON.stringify([operation, result])).toBe(isRight ? 'linearizable' : 'not-linearizable');
    }
  });

  it('says that it does not know where a key is beyond its limits, until it is not', () => {
    const watch = new LinearizabilityWatch({ ...DEFAULT_SEARCH_LIMITS, maxConfigurations: 0 });
    for (const event of both) watch.see(event);
    expect(watch.verdict()).toMatchObject({ type: 'unknown', key: 'x' });
  });

  it('remembers no more requests than it may, and says how many it missed', () => {
    const watch = new LinearizabilityWatch();
    for (let request = 0; request < MAX_WATCHED_REQUESTS + 2; request += 1) {
      watch.see(asked(String(request), { type: 'get', key: `k${request % 100}` }));
    }
    watch.see(ended(String(MAX_WATCHED_REQUESTS), held('never')));
    expect(watch.history.missed).toBe(2);
    expect(watch.verdict().type).toBe('linearizable');
  });
});
