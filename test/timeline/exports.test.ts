import { describe, expect, it } from 'vitest';
import { playRun } from '../../src/sim/simulator.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { exportHtml, exportRealHtml } from '../../src/timeline/export-html.ts';
import { exportNdjson, MAX_LINE_LENGTH, parseNdjson } from '../../src/timeline/export-ndjson.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { sampleEvents } from './samples.ts';

const config = defaultRunConfig;
const hostile = `<script>alert("x")</script>'&amp;`;

/** A run in which a client writes something hostile. */
const events = playRun({
  format: 'whitewater-run',
  version: 1,
  seed: 3,
  config,
  actions: [
    {
      atUs: 900_000,
      action: {
        type: 'request',
        client: 'c1',
        requestId: 'r1',
        operation: { type: 'set', key: hostile, value: hostile },
      },
    },
    { atUs: 1_100_000, action: { type: 'kill', node: 'n1' } },
  ],
  untilUs: 2_000_000,
});

function timelineOf(all: readonly TimelineEvent[], maxEvents?: number): Timeline {
  const timeline = new Timeline(config, maxEvents === undefined ? {} : { maxEvents });
  timeline.append(all);
  return timeline;
}

describe('The NDJSON export', () => {
  it('is a header and an event a line, and is read back equal', () => {
    const text = [...exportNdjson(timelineOf(events), { seed: 3 })].join('');
    const lines = text.split('\n');
    expect(lines).toHaveLength(events.length + 2);
    expect(lines.at(-1)).toBe('');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      format: 'whitewater-timeline',
      version: 1,
      seed: 3,
      config,
      firstIndex: 0,
      dropped: 0,
    });
    const parsed = parseNdjson(text);
    expect('error' in parsed ? parsed.error : parsed.events).toEqual(JSON.parse(JSON.stringify(events)));
  });

  it('says from where on the events are, where the oldest were dropped', () => {
    const timeline = timelineOf(events, 500);
    const parsed = parseNdjson([...exportNdjson(timeline, { seed: 3 })].join(''));
    if ('error' in parsed) throw new Error(parsed.error);
    expect(timeline.dropped).toBeGreaterThan(0);
    expect(parsed.header).toMatchObject({ firstIndex: timeline.first, dropped: timeline.dropped });
    expect(parsed.events).toHaveLength(timeline.length - timeline.first);
    expect(parsed.events[0]).toEqual(JSON.parse(JSON.stringify(timeline.at(timeline.first))));
  });

  it('comes in pieces, so that a long timeline is never one string', () => {
    const many = Array.from({ length: 2_500 }, (_, atUs) => ({ ...(sampleEvents[0] as TimelineEvent), atUs }));
    const pieces = [...exportNdjson({ events: many, config, firstIndex: 100, dropped: 90 }, { seed: 1 })];
    expect(pieces.map((piece) => piece.split('\n').length - 1)).toEqual([1, 1_000, 1_000, 500]);
    expect(pieces[0]).toContain('"firstIndex":100,"dropped":90');
  });

  it.each([
    ['', 'This file is empty.'],
    ['x', 'Line 1 stops being JSON at column 1.'],
    ['{"format":"itf"}', 'This is not a timeline: its first line has no "format" that says "whitewater-timeline".'],
    ['null', 'This is not a timeline: its first line has no "format" that says "whitewater-timeline".'],
    [
      '{"format":"whitewater-timeline","version":2}',
      'This is version 2 of the timeline format; this playground reads version 1.',
    ],
    ['{"format":"whitewater-timeline","version":1}', 'Line 1: seed is missing.'],
  ])('is refused with one sentence: %s', (text, sentence) => {
    expect(parseNdjson(text)).toEqual({ error: sentence });
  });

  it.each([
    ['{"atUs":1}', 'Line 2: actor is missing.'],
    [
      '{"atUs":-1,"actor":"n1","event":{"type":"durable"}}',
      'Line 2: atUs must be a whole number from 0 to 9,007,199,254,740,991, but is -1.',
    ],
    ['{"atUs":1,"actor":"n1","event":{}}', 'Line 2: event.type is missing.'],
    ['{"atUs":1,', 'Line 2 stops being JSON at column 11.'],
    [
      '{"atUs":2,"actor":"n1","event":{"type":"a"}}\n{"atUs":1,"actor":"n1","event":{"type":"a"}}',
      'Line 3: atUs is 1, before the event above it (2).',
    ],
    ['x'.repeat(MAX_LINE_LENGTH + 1), 'Line 2 has 16,777,217 characters; the limit is 16,777,216.'],
  ])('is refused with the line that is wrong: %.60s', (line, sentence) => {
    const [header] = exportNdjson({ events: [], config, firstIndex: 0, dropped: 0 }, { seed: 1 });
    expect(parseNdjson(`${header}${line}\n`)).toEqual({ error: sentence });
  });
});

describe('The HTML export', () => {
  const page = [...exportHtml(timelineOf(events), { seed: 3 })].join('');

  it('has a column for the cluster, each node and the clients, and a row an event', () => {
    const columns = [...page.matchAll(/<th scope="col">([^<]*)<\/th>/g)].map(([, name]) => name);
    expect(columns).toEqual(['Event', 'Time', 'cluster', 'n1', 'n2', 'n3', 'n4', 'n5', 'clients']);
    const rows = [...page.matchAll(/<tr[^>]*><th scope="row">(.*?)<\/tr>/g)];
    expect(rows).toHaveLength(events.length);
    for (const [row] of rows) {
      const spans = [...row.matchAll(/<t[dh](?: scope="row"| title="[^"]*"| colspan="(\d)")?>/g)].map(
        ([, span = '1']) => span,
      );
      expect(spans.reduce((sum, span) => sum + Number(span), 0)).toBe(9);
    }
    expect(page).toContain(`Seed 3, ${events.length} events.`);
  });

  it('holds what comes from the run as text, never as markup', () => {
    expect(page).toContain('&lt;script&gt;alert(');
    expect(page.replaceAll('</script', '')).not.toContain('<script');
    expect(page).not.toContain(hostile);
    const tags = new Set([...page.matchAll(/<\/?([a-z!]+)/g)].map(([, tag]) => tag));
    const head = ['!doctype', 'html', 'head', 'meta', 'title', 'style', 'body'];
    const table = ['header', 'section', 'table', 'h', 'br', 'code', 'thead', 'tbody', 'tr', 'th', 'td', 'small'];
    expect(tags).toEqual(new Set([...head, ...table]));
    // Every attribute that the run has a part in ends where it should.
    for (const [, title] of page.matchAll(/ title="([^"]*)"/g)) expect(title).not.toMatch(/[<>]/);
  });

  it('needs nothing else: no script, no link, no picture', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|@import|url\(/);
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('says how many events are missing at its front, and escapes a hostile actor and configuration', () => {
    const stranger: TimelineEvent = { atUs: 1, actor: hostile, event: { type: 'halted', reason: hostile } };
    const odd = [...exportHtml({ events: [stranger], config, firstIndex: 40, dropped: 40 }, { seed: 9 })].join('');
    expect(odd).toContain('The first 40 were no longer held.');
    expect(odd).toContain('<th scope="row">40</th>');
    expect(odd).not.toContain('<script');
  });

  it('of a real cluster has a column a node, and the nodes’ own times', () => {
    const at = (atUs: number, actor: string): TimelineEvent => ({ ...(sampleEvents[0] as TimelineEvent), atUs, actor });
    const told = [at(3, 'n1'), at(9, 'n1'), at(5, 'n2')];
    const real = [...exportRealHtml(['n1', 'n2'], told, (atUs) => `<${atUs}>`)].join('');
    const rows = [...real.matchAll(/<tr[^>]*><th scope="row">\d+<\/th><th>(.*?)<\/th>/g)];
    expect(rows.map(([, time]) => time)).toEqual(['&lt;3&gt;', '&lt;5&gt;', '&lt;9&gt;']);
    expect(real).toContain('The last 3 events of n1, n2.');
    expect(real).not.toContain('Seed');
  });
});
