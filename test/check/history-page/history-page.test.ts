import { describe, expect, it } from 'vitest';
import { historyPage, MAX_DRAWN } from '../../../src/check/history-page/history-page.ts';
import { explain } from '../../../src/check/linearizability/explain.ts';
import type { HistoryOperation, Value } from '../../../src/check/linearizability/history.ts';
import { operation, read, saw, swap, unknown, write } from '../linearizability/history-of.ts';

function pageOf(operations: readonly HistoryOperation[]): string {
  const explanation = explain(operations, undefined);
  if (explanation === undefined) throw new Error('There is nothing to draw.');
  return historyPage({
    title: 'a <history>',
    key: '"x"',
    operations,
    explanation,
    placeOf: (moment) => `line ${moment}`,
  });
}

const wrong = (value: Value): HistoryOperation[] => [
  operation('0', write(1), [1, 2]),
  operation('10', write(9), [3, Infinity], unknown),
  operation('2', swap(1, 2), [4, 5]),
  operation('0', read, [6, 7], saw(value)),
  operation('0', write(5), [8, 9]),
];

describe('The page of a history', () => {
  const page = pageOf(wrong(1));

  it('draws a bar for each operation until the one that cannot be placed, a row a client', () => {
    const bars = [...page.matchAll(/<div class="(bar[^"]*)"[^>]*title="([^"]*)"><span><b>(\d*)<\/b>/g)];
    expect(bars.map(([, look, words, place]) => [look, words, place])).toEqual([
      ['bar', 'write 1', '1'],
      ['bar open', 'write 9 → unknown', ''],
      ['bar strong', 'cas 1 2', '2'],
      ['bar culprit', 'read → 1', ''],
    ]);
    expect(page).toContain('<div class="clients"><div>0</div><div>2</div><div>10</div></div>');
  });

  it('names the operations that do not go together, and where they stand', () => {
    expect(page).toContain('<td>2</td><td>cas 1 2</td><td>line 4</td><td>line 5</td>');
    expect(page).toContain('<tr class="broken"><td>0</td><td>read → 1</td><td>line 6</td><td>line 7</td></tr>');
    expect(page).toContain('Until line 7, one does');
  });

  it('shows whatever stands in a history as text, runs nothing and loads nothing', () => {
    const evil = pageOf(wrong('<script>alert(1)</script>"\' onload=x'));
    expect(evil).not.toContain('<script');
    expect(evil).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(evil).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'\"");
    expect(evil).not.toMatch(/(?:src|href)=|url\(/);
    expect(page).toContain('<h1>a &lt;history&gt; is not linearizable</h1>');
  });

  it('draws the last operations where there are more than it draws', () => {
    const many = Array.from({ length: MAX_DRAWN + 5 }, (_, at) => operation('c', write(at), [2 * at, 2 * at + 1]));
    const long = pageOf([...many, operation('r', read, [5_000, 5_001], saw(0))]);
    expect([...long.matchAll(/<div class="bar/g)]).toHaveLength(MAX_DRAWN);
    expect(long).toContain('<p>The first 6 operations are not drawn.</p>');
    expect([...long.matchAll(/<li>/g)]).toHaveLength(MAX_DRAWN);
  });
});
