import * as v from 'valibot';
import { faultOf } from '../../timeline/schema-fault.ts';
import { clusterSchema, type ClusterFile } from './config-schema.ts';
import { didYouMean } from './near-name.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What each variable sets, and what for. In a service a secret is better off there than in a file. */
export const environmentVariables = {
  WHITEWATER_CLUSTER: 'the cluster’s name',
  WHITEWATER_DATA: 'the folder of the data',
  WHITEWATER_TOKEN: 'the shared token',
  WHITEWATER_TLS_CERT: 'the certificate’s file',
  WHITEWATER_TLS_KEY: 'the key’s file',
  WHITEWATER_TLS_CA: 'the file of the authority that signs the nodes’ certificates',
  WHITEWATER_ORIGINS: 'origins of pages that may use the cluster, with commas between them',
} as const;

/** Others begin the same way, and are for clients and for logs. */
const others = ['WHITEWATER_URL', 'WHITEWATER_LOG_LEVEL'];

const changesSchema = v.pick(clusterSchema, ['cluster', 'data', 'token', 'tls', 'origins']);

type Name = keyof typeof environmentVariables;

/** The file with what the environment sets in its place. A variable that nobody knows is refused, like a field. */
export function overriddenBy(
  file: ClusterFile,
  environment: Environment,
): { readonly file: ClusterFile } | { readonly error: string } {
  const names = [...Object.keys(environmentVariables), ...others];
  const unknown = Object.keys(environment).find((name) => name.startsWith('WHITEWATER_') && !names.includes(name));
  if (unknown !== undefined) {
    return { error: `The environment variable ${unknown} is not known.${didYouMean(unknown, names)}` };
  }
  const set = (name: Name): string | undefined => (environment[name] === '' ? undefined : environment[name]);
  const tls = { cert: set('WHITEWATER_TLS_CERT'), key: set('WHITEWATER_TLS_KEY'), ca: set('WHITEWATER_TLS_CA') };
  const changes = {
    cluster: set('WHITEWATER_CLUSTER'),
    data: set('WHITEWATER_DATA'),
    token: set('WHITEWATER_TOKEN'),
    tls: Object.values(tls).some((path) => path !== undefined) ? { ...file.tls, ...defined(tls) } : undefined,
    origins: set('WHITEWATER_ORIGINS')?.split(','),
  };
  // The rest of the file has been through the schema and stays what it is.
  const parsed = v.safeParse(changesSchema, defined(changes), { abortEarly: true });
  if (!parsed.success) return { error: `As the environment has it, ${faultOf(parsed.issues, 'it')}` };
  return { file: { ...file, ...parsed.output } };
}

function defined(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
