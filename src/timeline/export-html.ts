import type { NodeId } from '../raft/entry.ts';
import { describe } from './describe.ts';
import type { ActorId, TimelineEvent } from './event.ts';
import { chunksOf, extentOf, type Exported } from './export-ndjson.ts';
import { fold, initialView } from './fold.ts';
import { Timeline } from './timeline.ts';
import type { View } from './view.ts';
import { nodesOfRun } from './run-nodes.ts';
import { counted } from './words.ts';

/** Written for the eye, so small: the page is one file, and every event repeats what stands here once. */
const style = `
:root { color-scheme: light dark; --line: #d5d9dc; --quiet: #5d6870; --paper: #fdfcfa; --ink: #1b2328; --fault: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --line: #2c3c48; --quiet: #93a3ae; --paper: #0e1a22; --ink: #e4ebef; --fault: #ff8a80; }
}
body { margin: 16px; background: var(--paper); color: var(--ink); font: 13px/1.4 system-ui, sans-serif; }
header { padding: 0 8px 12px; }
header h1 { font-size: 20px; margin: 0 0 4px; }
header code { color: var(--quiet); overflow-wrap: anywhere; }
section { content-visibility: auto; contain-intrinsic-size: auto 40000px; }
table { table-layout: fixed; width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 8px; text-align: left; vertical-align: top; }
thead th { position: sticky; top: 0; background: var(--paper); box-shadow: 0 1px 0 var(--line); }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: normal; white-space: nowrap; color: var(--quiet); text-align: right; }
thead th { width: 14em; }
thead th:first-child { width: 4em; }
thead th:nth-child(2) { width: 9em; }
td { overflow-wrap: anywhere; }
td small { color: var(--quiet); white-space: nowrap; }
.noise { color: var(--quiet); }
.fault { color: var(--fault); }
`;

const foot = '</body>\n</html>\n';

/** How many events of a real cluster are made into text at a time. */
const ROWS_PER_CHUNK = 1_000;

/** The width of the page, in em: every column has one, whatever stands in it. */
const widthOf = (columns: number): number => 4 + 9 + 14 * columns;

/**
 * The timeline as one HTML page that needs nothing else, in pieces: a column for the cluster, each node and the clients,
 * a row an event. It is a table for each piece, all alike, so that a browser lays out those that are looked at: one table of
 * 200,000 rows keeps it busy for a minute. No script, nothing loaded; all that comes from the run stands there as text.
 */
export function* exportHtml(exported: Exported, options: { readonly seed: number }): Generator<string, void, void> {
  const { config } = exported;
  const { firstIndex, endIndex, dropped } = extentOf(exported);
  const columns = ['cluster', ...nodesIn(exported), 'clients'];
  const missing = dropped === 0 ? '' : ` The first ${dropped} were no longer held.`;
  const { seed } = options;
  const said = `Seed ${seed}, ${counted(endIndex - firstIndex, 'event')}.${missing} Times are virtual milliseconds.`;
  yield headOf(`seed ${seed}`, `${said}<br><code>${escapeHtml(JSON.stringify(config))}</code>`, columns.length);
  let view: View | undefined = viewBefore(exported);
  let index = firstIndex;
  for (const events of chunksOf(exported)) {
    const rows: string[] = [];
    for (const event of events) {
      rows.push(rowOf(index, (event.atUs / 1_000).toFixed(3), event, columns, view));
      if (view !== undefined) view = fold(view, [event]);
      index += 1;
    }
    yield tableOf(columns, rows);
  }
  yield foot;
}

/**
 * The same of a real cluster: what its nodes remember, in the order of their clocks, a column a node. Each node's own events
 * stay in their order. `timeText` writes a moment, microseconds since 1970, for a person.
 */
export function* exportRealHtml(
  nodes: readonly NodeId[],
  events: readonly TimelineEvent[],
  timeText: (atUs: number) => string,
): Generator<string, void, void> {
  const inOrder = [...events].sort((one, other) => one.atUs - other.atUs);
  const said = `The last ${counted(inOrder.length, 'event')} of ${escapeHtml(nodes.join(', '))}.`;
  yield headOf('a real cluster', said, nodes.length);
  for (let from = 0; from < inOrder.length; from += ROWS_PER_CHUNK) {
    const rows = inOrder.slice(from, from + ROWS_PER_CHUNK).map((event, at) => {
      return rowOf(from + at, escapeHtml(timeText(event.atUs)), event, nodes, undefined);
    });
    yield tableOf(nodes, rows);
  }
  yield foot;
}

/** Every machine, those that were started before the first event still held included, where that is known. */
function nodesIn(exported: Exported): readonly NodeId[] {
  if (exported instanceof Timeline) return exported.view.world.nodes;
  const { config, events } = exported;
  const actions = events.flatMap(({ atUs, event }) =>
    event.type === 'action' ? [{ atUs, action: event.action }] : [],
  );
  return nodesOfRun({ config, actions });
}

/** The state that the first event began from, where it is known: some events can be told more fully with it. */
function viewBefore(exported: Exported): View | undefined {
  if (exported instanceof Timeline) return exported.viewAfter(exported.first - 1);
  return exported.firstIndex === 0 && exported.dropped === 0 ? initialView(exported.config) : undefined;
}

/** `said` is HTML. */
function headOf(title: string, said: string, columns: number): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Whitewater timeline, ${title}</title>
<style>${style}</style>
</head>
<body style="width: ${widthOf(columns)}em">
<header><h1>Whitewater timeline</h1>${said}</header>
`;
}

function tableOf(columns: readonly string[], rows: readonly string[]): string {
  const named = ['Event', 'Time', ...columns].map((column) => `<th scope="col">${escapeHtml(column)}</th>`);
  return `<section><table>
<thead><tr>${named.join('')}</tr></thead>
<tbody>
${rows.join('')}</tbody>
</table></section>
`;
}

/** So many cells in which nothing stands. */
function emptyCells(count: number): string {
  return count === 0 ? '' : count === 1 ? '<td></td>' : `<td colspan="${count}"></td>`;
}

function rowOf(
  index: number,
  time: string,
  event: TimelineEvent,
  columns: readonly string[],
  view: View | undefined,
): string {
  const { text, why, section, kind, noise } = describe(event, view);
  const column = columnOf(event.actor, columns);
  const title = why === undefined ? '' : ` title="${escapeHtml(why)}"`;
  const rule = section === undefined ? '' : ` <small>${escapeHtml(section)}</small>`;
  const look = noise ? ' class="noise"' : kind === 'fault' ? ' class="fault"' : '';
  return `<tr${look}><th scope="row">${index}</th><th>${time}</th>${emptyCells(column)}<td${title}>${escapeHtml(
    text,
  )}${rule}</td>${emptyCells(columns.length - 1 - column)}</tr>\n`;
}

/** Who is neither the cluster nor one of its nodes stands with the clients. */
function columnOf(actor: ActorId, columns: readonly string[]): number {
  const column = columns.indexOf(actor);
  return column === -1 ? columns.length - 1 : column;
}

/** The text as it may stand between tags and in a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character] ?? '',
  );
}
