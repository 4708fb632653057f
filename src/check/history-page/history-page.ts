import type { Explanation } from '../linearizability/explain.ts';
import { isBinding, type HistoryOperation } from '../linearizability/history.ts';
import { operationWords } from './operation-words.ts';
import { pageStyle } from './page-style.ts';

/** The most operations that are drawn; of a longer prefix, the last ones are. */
export const MAX_DRAWN = 600;

/** How wide a moment is, and how high a client, in pixels. */
const MOMENT_WIDTH = 80;
const ROW_HEIGHT = 28;

export interface HistoryPage {
  /** What the history is called: the name of its file. */
  readonly title: string;
  /** The key, as a person reads it; empty where there is only one. */
  readonly key: string;
  /** All operations on the key. */
  readonly operations: readonly HistoryOperation[];
  readonly explanation: Explanation;
  /** Where a moment is found: `line 7`. */
  readonly placeOf: (moment: number) => string;
}

/**
 * The history of one key as an HTML page that needs nothing else: a row a client, a bar an operation, from its invocation
 * to its return. The number in a bar is its place in an order that explains everything until the operation that cannot be
 * placed, which is red; strong bars are those that together cannot be explained. Whatever comes from the history stands
 * there as text.
 */
export function historyPage(page: HistoryPage): string {
  const { title, key, explanation } = page;
  const { culprit, stretch, prefix } = explanation;
  const name = key === '' ? '' : ` of key ${key}`;
  const whatever = stretch.needsInitial
    ? 'from the first operation on, with what the key held at first'
    : 'whatever the key held before';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}: not linearizable</title>
<style>${pageStyle}</style>
</head>
<body>
<h1>${escapeHtml(title)} is not linearizable</h1>
<p>No order of the operations${escapeHtml(name)} explains what every client saw. Until ${placeIn(page, culprit.returnedAt)}, one does; then
<strong class="broken">${escapeHtml(operationWords(culprit))}</strong> by client ${escapeHtml(culprit.client)} returns, and cannot be placed.</p>
<h2>The smallest stretch that cannot be explained</h2>
<p>From ${placeIn(page, stretch.from)} to ${placeIn(page, stretch.to)}, ${whatever}. These do not go together:</p>
${tableOf(page)}
<h2>The longest prefix that can be explained</h2>
<p>The number in a bar is its place in one order that explains all until ${placeIn(page, culprit.returnedAt)}. A dashed bar had no effect
that anybody knew of by then.</p>
${chartOf(page)}
<p class="key"><span class="bar strong">in the stretch</span> <span class="bar">explained</span> <span class="bar open">no known effect</span> <span class="bar culprit">cannot be placed</span></p>
<details><summary>The order, in words</summary>
<ol start="${Math.max(1, prefix.length - MAX_DRAWN + 1)}">
${prefix
  .slice(-MAX_DRAWN)
  .map((operation) => `<li>${escapeHtml(`client ${operation.client}: ${operationWords(operation)}`)}</li>`)
  .join('\n')}
</ol></details>
</body>
</html>
`;
}

function placeIn(page: HistoryPage, moment: number): string {
  return escapeHtml(page.placeOf(moment));
}

function tableOf(page: HistoryPage): string {
  const { culprit, stretch } = page.explanation;
  const rows = stretch.operations.map((operation) => {
    const look = operation.returnedAt === culprit.returnedAt ? ' class="broken"' : '';
    const { invokedAt, returnedAt, client } = operation;
    return `<tr${look}><td>${escapeHtml(client)}</td><td>${escapeHtml(operationWords(operation))}</td><td>${placeIn(page, invokedAt)}</td><td>${placeIn(page, returnedAt)}</td></tr>`;
  });
  return `<table><thead><tr><th scope="col">Client</th><th scope="col">Operation</th><th scope="col">Invoked</th><th scope="col">Returned</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
}

/** What is drawn: all that had been invoked by then, or as many of the last as can be. */
function chartOf(page: HistoryPage): string {
  const { culprit, prefix, stretch } = page.explanation;
  const known = page.operations.filter(({ invokedAt }) => invokedAt <= culprit.returnedAt);
  const drawn = known.slice(-MAX_DRAWN);
  const missing = known.length - drawn.length;
  const clients = [...new Set(drawn.map(({ client }) => client))].sort(inOrder);
  const moments = columnsOf(drawn, culprit.returnedAt);
  const end = moments.size;
  const order = new Map(prefix.map(({ client, invokedAt }, place) => [`${invokedAt} ${client}`, place + 1]));
  const strong = new Set(stretch.operations.map(({ invokedAt }) => invokedAt));
  const bars = drawn.map((operation) => {
    const { client, invokedAt, returnedAt } = operation;
    const isCulprit = invokedAt === culprit.invokedAt && client === culprit.client;
    const isOpen = !isCulprit && (returnedAt > culprit.returnedAt || !isBinding(operation));
    const left = moments.get(invokedAt) ?? 0;
    const right = returnedAt > culprit.returnedAt ? end : (moments.get(returnedAt) ?? end);
    const classes = ['bar', isCulprit && 'culprit', isOpen && 'open', !isCulprit && strong.has(invokedAt) && 'strong'];
    const number = isCulprit ? '' : (order.get(`${invokedAt} ${client}`) ?? '');
    const words = escapeHtml(operationWords(operation));
    const style = `left:${left * MOMENT_WIDTH}px;width:${Math.max(1, right - left) * MOMENT_WIDTH - 4}px;top:${clients.indexOf(client) * ROW_HEIGHT}px`;
    return `<div class="${classes.filter(Boolean).join(' ')}" style="${style}" title="${words}"><span><b>${number}</b> ${words}</span></div>`;
  });
  const names = clients.map((client) => `<div>${escapeHtml(client)}</div>`).join('');
  const note = missing === 0 ? '' : `<p>The first ${missing} operations are not drawn.</p>\n`;
  return `${note}<div class="chart"><div class="clients">${names}</div><div class="scroll" tabindex="0" role="group" aria-label="Operations, a row a client">
<div class="lanes" style="width:${end * MOMENT_WIDTH + 8}px;height:${clients.length * ROW_HEIGHT}px">
${bars.join('\n')}
</div></div></div>`;
}

/** The column of each moment: those of other keys take no room. */
function columnsOf(drawn: readonly HistoryOperation[], until: number): ReadonlyMap<number, number> {
  const moments = new Set<number>();
  for (const { invokedAt, returnedAt } of drawn) {
    moments.add(invokedAt);
    if (returnedAt <= until) moments.add(returnedAt);
  }
  return new Map([...moments].sort((one, other) => one - other).map((moment, column) => [moment, column]));
}

/** Numbers as numbers. */
function inOrder(one: string, other: string): number {
  return Number(one) - Number(other) || one.localeCompare(other, 'en');
}

/** The text as it may stand between tags and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? '',
  );
}
