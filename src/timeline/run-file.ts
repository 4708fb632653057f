import * as v from 'valibot';
import { utf8Length } from '../kv/limits.ts';
import { cannotStart, contentFault, unknownNode } from './action-fault.ts';
import { jsonFault } from './json-fault.ts';
import { defaultRunConfig, type RunConfig } from './run-config.ts';
import { actionSchema, configSchema, moment, seed } from './run-schema.ts';
import { RUN_VERSION, type Run, MAX_ACTIONS_IN_ALL } from './run.ts';
import { faultOf } from './schema-fault.ts';
import { nodeIds } from './world.ts';
import { byteCount, countOf } from './words.ts';

/** The most bytes (UTF-8) that a run file may have. */
export const MAX_RUN_BYTES = 64 * 1024 * 1024;

const runSchema: v.GenericSchema<unknown, Run> = v.strictObject(
  {
    format: v.literal('whitewater-run'),
    version: v.literal(RUN_VERSION, `must be ${RUN_VERSION}`),
    seed,
    config: configSchema,
    actions: v.pipe(
      v.array(v.strictObject({ atUs: moment, action: actionSchema }, 'must be an object'), 'must be a list'),
      v.maxLength(MAX_ACTIONS_IN_ALL, `must have at most ${countOf(MAX_ACTIONS_IN_ALL)} actions`),
    ),
    untilUs: moment,
  },
  'must be an object',
);

/**
 * Reads a run file. What it gives is sound in every part: known fields only, limits kept, times in order, nodes that the
 * cluster has. Otherwise `error` is one sentence that says what is wrong and where.
 */
export function parseRun(text: string): { readonly run: Run } | { readonly error: string } {
  if (text.length > MAX_RUN_BYTES || utf8Length(text) > MAX_RUN_BYTES) {
    return { error: `This file is larger than a run may be: the limit is ${byteCount(MAX_RUN_BYTES)}.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column } = jsonFault(text);
    return { error: `This is not a run file: it stops being JSON at line ${line}, column ${column}.` };
  }
  return checkRun(value);
}

/** The same for what is a value already: from a script, or from the page's own journal. */
export function checkRun(value: unknown): { readonly run: Run } | { readonly error: string } {
  const foreign = foreignFormat(value);
  if (foreign !== undefined) return { error: foreign };
  const parsed = v.safeParse(runSchema, value, { abortEarly: true });
  if (!parsed.success) return { error: faultOf(parsed.issues, 'The run') };
  const fault = runFault(parsed.output);
  return fault === undefined ? { run: parsed.output } : { error: fault };
}

/** The run as a file: JSON, an action a line. {@link parseRun} reads it back, equal. */
export function formatRun(run: Run): string {
  const { format, version, seed, config, untilUs } = run;
  const head = Object.entries({ format, version, seed, config, untilUs })
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`)
    .join('');
  const actions = run.actions.map((action) => `\n    ${JSON.stringify(action)}`).join(',');
  return `{\n${head}  "actions": [${actions}${actions === '' ? '' : '\n  '}]\n}\n`;
}

/**
 * A whole configuration from a part of one; what is not given is as in {@link defaultRunConfig}. `error` is one sentence
 * that says which field is wrong and what it may be.
 */
export function completeConfig(
  part: Partial<RunConfig> = {},
): { readonly config: RunConfig } | { readonly error: string } {
  const given = Object.fromEntries(Object.entries(part).filter(([, value]) => (value as unknown) !== undefined));
  const parsed = v.safeParse(configSchema, { ...defaultRunConfig, ...given }, { abortEarly: true });
  return parsed.success ? { config: parsed.output } : { error: faultOf(parsed.issues, 'The configuration') };
}

/** Why the value is no run of this version; undefined if it claims to be one. */
function foreignFormat(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'This is not a run file: a run is a JSON object.';
  }
  const { format, version } = value as { readonly format?: unknown; readonly version?: unknown };
  if (format === undefined) return 'This is not a run file: it has no field "format" that says "whitewater-run".';
  if (format === 'whitewater-timeline') {
    return 'This is a timeline, not a run: a timeline can be read, but only a run can be played again.';
  }
  if (format !== 'whitewater-run') {
    const found = JSON.stringify(format).slice(0, 60);
    return `This is not a run file: its format is ${found}, not "whitewater-run".`;
  }
  if (typeof version === 'number' && version !== RUN_VERSION) {
    return `This is version ${version} of the run format; this playground reads version ${RUN_VERSION}.`;
  }
  return undefined;
}

/** What no schema sees: what one part of a run says of another. */
function runFault(run: Run): string | undefined {
  const nodes = [...nodeIds(run.config.nodes)];
  const requests = new Set<string>();
  let last = 0;
  for (const [position, { atUs, action }] of run.actions.entries()) {
    const where = `actions[${position}]`;
    if (atUs < last) {
      return `${where}.atUs is ${atUs}, before the action above it (${last}): actions stand in order of time.`;
    }
    last = atUs;
    const fault = unknownNode(action, nodes) ?? contentFault(action);
    if (fault !== undefined) return `${where}.action: ${fault}`;
    if (action.type === 'start-node') {
      const startFault = cannotStart(action.node, nodes);
      if (startFault !== undefined) return `${where}.action: ${startFault}`;
      nodes.push(action.node);
    }
    if (action.type !== 'request') continue;
    if (requests.has(action.requestId)) {
      return `${where}.action.requestId is "${action.requestId}", which names an action above it already.`;
    }
    requests.add(action.requestId);
  }
  return run.untilUs < last ? `untilUs is ${run.untilUs}, before the last action (${last}).` : undefined;
}
