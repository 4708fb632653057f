import * as v from 'valibot';
import type { TimelineEvent } from './event.ts';
import { jsonFault } from './json-fault.ts';
import type { RunConfig } from './run-config.ts';
import { configSchema, moment, seed } from './run-schema.ts';
import { faultOf } from './schema-fault.ts';
import { Timeline } from './timeline.ts';
import { countOf } from './words.ts';

/** The version of the timeline format. */
export const TIMELINE_VERSION = 1;

/** The longest line that {@link parseNdjson} reads, in UTF-16 code units. An event carries up to a whole append. */
export const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/** How many events are made into text at a time. */
const EVENTS_PER_CHUNK = 1_000;

/** What a timeline file says of itself, in its first line. */
export interface TimelineHeader {
  readonly format: 'whitewater-timeline';
  readonly version: typeof TIMELINE_VERSION;
  readonly seed: number;
  readonly config: RunConfig;
  /** The index of the first event that follows, counted from 0 since the run began. */
  readonly firstIndex: number;
  /** How many events before it are no longer held. */
  readonly dropped: number;
}

/** What of a timeline is exported: all that it holds, or a stretch whose first event has `firstIndex`. */
export type Exported =
  | Timeline
  | {
      readonly events: readonly TimelineEvent[];
      readonly config: RunConfig;
      readonly firstIndex: number;
      readonly dropped: number;
    };

/**
 * The timeline as NDJSON, in pieces that are each a few hundred kilobytes at most of what a busy cluster does: a header,
 * then one event a line. The pieces joined are the file. The timeline must not change meanwhile.
 */
export function* exportNdjson(exported: Exported, options: { readonly seed: number }): Generator<string, void, void> {
  const { config } = exported;
  const { firstIndex, dropped } = extentOf(exported);
  const header: TimelineHeader = {
    format: 'whitewater-timeline',
    version: TIMELINE_VERSION,
    seed: options.seed,
    config,
    firstIndex,
    dropped,
  };
  yield `${JSON.stringify(header)}\n`;
  for (const events of chunksOf(exported)) yield events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** The events in order, in chunks. */
export function* chunksOf(exported: Exported): Generator<readonly TimelineEvent[], void, void> {
  const { firstIndex, endIndex } = extentOf(exported);
  for (let index = firstIndex; index < endIndex; index += EVENTS_PER_CHUNK) {
    const to = Math.min(index + EVENTS_PER_CHUNK, endIndex);
    yield exported instanceof Timeline
      ? exported.slice(index, to)
      : exported.events.slice(index - firstIndex, to - firstIndex);
  }
}

/** Where it begins and ends, counted since the run began, and how many events are missing at its front. */
export function extentOf(exported: Exported): {
  readonly firstIndex: number;
  readonly endIndex: number;
  readonly dropped: number;
} {
  if (exported instanceof Timeline) {
    return { firstIndex: exported.first, endIndex: exported.length, dropped: exported.dropped };
  }
  const { firstIndex, dropped, events } = exported;
  return { firstIndex, endIndex: firstIndex + events.length, dropped };
}

const headerSchema: v.GenericSchema<unknown, TimelineHeader> = v.strictObject(
  {
    format: v.literal('whitewater-timeline'),
    version: v.literal(TIMELINE_VERSION, `must be ${TIMELINE_VERSION}`),
    seed,
    config: configSchema,
    firstIndex: moment,
    dropped: moment,
  },
  'must be an object',
);

/** An event as a file says it: whoever reads a timeline may meet types that it does not know. */
export interface ReadEvent {
  readonly atUs: number;
  readonly actor: string;
  readonly event: { readonly type: string; readonly [field: string]: unknown };
}

const lineSchema: v.GenericSchema<unknown, ReadEvent> = v.strictObject(
  {
    atUs: moment,
    actor: v.string('must be a text'),
    event: v.looseObject({ type: v.string('must be a text') }, 'must be an object'),
  },
  'must be an object',
);

/** Reads a timeline file; of each event it checks the envelope and the order in time. `error` is one sentence that says what is wrong and in which line. */
export function parseNdjson(
  text: string,
): { readonly header: TimelineHeader; readonly events: readonly ReadEvent[] } | { readonly error: string } {
  let header: TimelineHeader | undefined;
  const events: ReadEvent[] = [];
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    const read = readLine(line, number);
    if ('error' in read) return read;
    if (header === undefined) {
      const parsed = headerOf(read.value);
      if (typeof parsed === 'string') return { error: parsed };
      header = parsed;
      continue;
    }
    const parsed = v.safeParse(lineSchema, read.value, { abortEarly: true });
    if (!parsed.success) return { error: `Line ${number}: ${faultOf(parsed.issues, 'The event')}` };
    const previous = events.at(-1);
    if (previous !== undefined && parsed.output.atUs < previous.atUs) {
      return { error: `Line ${number}: atUs is ${parsed.output.atUs}, before the event above it (${previous.atUs}).` };
    }
    events.push(parsed.output);
  }
  return header === undefined ? { error: 'This file is empty.' } : { header, events };
}

function readLine(line: string, number: number): { readonly value: unknown } | { readonly error: string } {
  if (line.length > MAX_LINE_LENGTH) {
    return {
      error: `Line ${number} has ${countOf(line.length)} characters; the limit is ${countOf(MAX_LINE_LENGTH)}.`,
    };
  }
  try {
    return { value: JSON.parse(line) as unknown };
  } catch {
    return { error: `Line ${number} stops being JSON at column ${jsonFault(line).column}.` };
  }
}

function headerOf(value: unknown): TimelineHeader | string {
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== 'whitewater-timeline') {
    return 'This is not a timeline: its first line has no "format" that says "whitewater-timeline".';
  }
  if (typeof version === 'number' && version !== TIMELINE_VERSION) {
    return `This is version ${version} of the timeline format; this playground reads version ${TIMELINE_VERSION}.`;
  }
  const parsed = v.safeParse(headerSchema, value, { abortEarly: true });
  return parsed.success ? parsed.output : `Line 1: ${faultOf(parsed.issues, 'The header')}`;
}

/** The lines that hold anything, without an array of all of them. */
function* linesOf(text: string): Generator<string, void, void> {
  for (let from = 0; from < text.length;) {
    const found = text.indexOf('\n', from);
    const to = found === -1 ? text.length : found;
    const line = text.slice(from, to).trim();
    if (line !== '') yield line;
    from = to + 1;
  }
}
