import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import { faultOf } from '../../timeline/schema-fault.ts';
import { configSchema } from '../../timeline/run-schema.ts';
import { readFault } from '../file-fault.ts';
import { defaultLimits, defaultRun, type ClusterConfig } from './cluster-config.ts';
import { clusterSchema, raftFieldNames, type ClusterFile } from './config-schema.ts';
import { overriddenBy, type Environment } from './environment.ts';
import { hostPortText } from './host-port.ts';
import { knownFields } from './known-fields.ts';
import { didYouMean } from './near-name.ts';
import { placeOf } from './yaml-place.ts';
import { byteCount } from '../../timeline/words.ts';

/** The longest cluster.yml that is read, bytes. */
export const MAX_CONFIG_BYTES = 1_048_576;
/** How often an alias may be unfolded. */
const MAX_ALIASES = 100;

export type ReadConfig = { readonly config: ClusterConfig } | { readonly error: string };

/** Reads cluster.yml from a file, with what the environment sets instead. `error` is one sentence with the place. */
export async function readConfigFile(path: string, environment: Environment): Promise<ReadConfig> {
  let text: string;
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > MAX_CONFIG_BYTES) return { error: `${path} is larger than ${byteCount(MAX_CONFIG_BYTES)}.` };
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    return { error: readFault(path, error) };
  }
  return parseConfig(text, path, environment);
}

/** The same of a text; `path` is what sentences call it, and what relative paths start from. */
export function parseConfig(text: string, path: string, environment: Environment): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = [...document.errors, ...document.warnings];
  const at = ({ line, col }: { readonly line: number; readonly col: number }): string => `${path}:${line}:${col}`;
  if (broken !== undefined) {
    return { error: `${at(lines.linePos(broken.pos[0]))}: this is not YAML: ${broken.message}.` };
  }
  const value = valueOf(document);
  if (value === undefined) return { error: `${path}: its aliases unfold to too much.` };
  const folder = dirname(resolve(path));
  return configOf(value, folder, environment, (keys, isKey) => `${at(placeOf(document, lines, keys, isKey))}: `);
}

/**
 * The same of a value. `placeOf` gives what a sentence begins with that is about the value at a path, or, with `isKey`, about
 * its name.
 */
export function configOf(
  value: unknown,
  folder: string,
  environment: Environment,
  placeOf: (keys: readonly unknown[], isKey: boolean) => string,
): ReadConfig {
  if (Array.isArray(value)) {
    return { error: `${placeOf([], false)}The configuration must be an object, but is a list.` };
  }
  const parsed = v.safeParse(clusterSchema, value);
  if (!parsed.success) {
    // What is misspelt explains what is missing.
    const unknown = parsed.issues.find(({ expected }) => expected === 'never');
    const issue = unknown ?? parsed.issues[0];
    const keys = (issue.path ?? []).map(({ key }) => key);
    const hint =
      unknown === undefined ? '' : didYouMean(String(keys.at(-1)), knownFields(clusterSchema, keys.slice(0, -1)));
    return { error: `${placeOf(keys, unknown !== undefined)}${faultOf([issue], 'The configuration')}${hint}` };
  }
  const overridden = overriddenBy(parsed.output, environment);
  if ('error' in overridden) return overridden;
  const whole = wholeConfig(overridden.file, folder);
  const { run, members, nodes } = whole;
  const fault = v.safeParse(configSchema, run, { abortEarly: true });
  if (!fault.success) return { error: `${placeOf([], false)}${faultOf(fault.issues, 'The configuration')}` };
  const stranger = members.findIndex((id) => !nodes.has(id));
  if (stranger >= 0) {
    const where = placeOf(['members', stranger], false);
    return { error: `${where}members names ${members[stranger]}, which is not among the nodes.` };
  }
  const double = doubleAddress(whole);
  return double === undefined ? { config: whole } : { error: `${placeOf(double.keys, false)}${double.sentence}` };
}

/** Undefined where aliases of aliases would make it too large. */
function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return value ?? {};
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function wholeConfig(file: ClusterFile, folder: string): ClusterConfig {
  const nodes = new Map(Object.entries(file.nodes));
  const chosen = Object.fromEntries(Object.entries(file).filter(([name]) => raftFieldNames.has(name)));
  const path = (text: string): string => resolve(folder, text);
  const { tls } = file;
  return {
    cluster: file.cluster ?? 'whitewater',
    nodes,
    members: file.members ?? [...nodes.keys()],
    dataFolder: path(file.data ?? 'whitewater-data'),
    token: file.token,
    tls: tls && { cert: path(tls.cert), key: path(tls.key), ca: path(tls.ca) },
    origins: file.origins ?? [],
    limits: { ...defaultLimits, ...file.limits },
    faults: file.faults ?? false,
    run: { ...defaultRun, ...chosen, nodes: nodes.size },
  };
}

/** Two nodes at one address are a slip of the pen that would be hard to find later. */
function doubleAddress({
  nodes,
}: ClusterConfig): { readonly sentence: string; readonly keys: readonly unknown[] } | undefined {
  const seen = new Map<string, string>();
  for (const [id, { addresses }] of nodes) {
    for (const [at, address] of addresses.entries()) {
      const text = hostPortText(address);
      const other = seen.get(text);
      if (other !== undefined) {
        return { sentence: `${other} and ${id} have the same address ${text}.`, keys: ['nodes', id, 'address', at] };
      }
      seen.set(text, id);
    }
  }
  return undefined;
}
