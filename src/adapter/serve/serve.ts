import type { NodeId } from '../../raft/entry.ts';
import { StorageError } from '../../host/ports.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import { refuse } from '../commands/answer.ts';
import { untilTold } from '../commands/until-told.ts';
import { exposureFault } from '../config/exposure.ts';
import { hostPortText } from '../config/host-port.ts';
import { readConfigFile } from '../config/read-config.ts';
import { readTls } from '../config/tls-texts.ts';
import { EXIT_OK, EXIT_STOPPED, EXIT_UNUSABLE } from '../exit-codes.ts';
import { SupervisedProcess } from '../supervisor/supervised-process.ts';
import { tellMembers } from '../supervisor/tell-members.ts';
import type { Terminal } from '../terminal.ts';
import { logLevels, nodeLog } from './node-log.ts';
import { portFault } from './port-fault.ts';
import { NodeServer, type NodeServerOptions } from './node-server.ts';

/** What a node is told on the command line. */
export interface ServeFlags {
  readonly config: string;
  readonly id: NodeId;
  readonly join?: true;
  readonly json?: true;
  /** Whoever started the process speaks to it. */
  readonly supervised?: true;
}

/** Runs one node until it is told to end, or stops by itself. Gives the exit code. */
export async function serve(flags: ServeFlags, version: string, terminal: Terminal): Promise<number> {
  const { told, tell } = untilTold();
  const supervised = SupervisedProcess.begin(flags.supervised === true, tell);
  const prepared = await prepare(flags, version, supervised);
  if ('error' in prepared) {
    supervised?.end();
    return refuse(terminal, flags, prepared.error, EXIT_UNUSABLE);
  }
  const { options } = prepared;
  let server: NodeServer;
  try {
    server = await NodeServer.open(options);
  } catch (error) {
    supervised?.end();
    const place = options.config.nodes.get(flags.id);
    const fault = error instanceof StorageError ? error.message : place && portFault(error, flags.id, place.listens);
    const sentence = fault ?? `${flags.id} could not be started: ${sentenceOfError(error)}`;
    return refuse(terminal, flags, sentence, EXIT_UNUSABLE);
  }
  const urls = urlsOf(options);
  const [url = ''] = urls;
  if (flags.json === true) terminal.out(`${JSON.stringify({ type: 'listening', node: flags.id, url, urls })}\n`);
  else if (supervised === undefined) terminal.out(`${flags.id} listens at ${urls.join(' and ')}\n`);
  supervised?.listening(url);
  if (supervised !== undefined) tellMembers(server.node, supervised);
  let code = EXIT_OK;
  server.node.onFailure(({ sentence }) => {
    code = EXIT_STOPPED;
    refuse(terminal, flags, sentence, code);
    tell();
  });
  await told;
  await server.close();
  supervised?.end();
  return code;
}

async function prepare(
  flags: ServeFlags,
  version: string,
  supervision: SupervisedProcess | undefined,
): Promise<{ readonly options: NodeServerOptions } | { readonly error: string }> {
  const read = await readConfigFile(flags.config, process.env);
  if ('error' in read) return read;
  const { config } = read;
  const { id } = flags;
  if (!config.nodes.has(id)) {
    return { error: `${flags.config} has no node ${id}; it has ${[...config.nodes.keys()].join(', ')}.` };
  }
  const exposed = exposureFault(config, id);
  if (exposed !== undefined) return { error: exposed };
  const texts = config.tls === undefined ? { tls: undefined } : await readTls(config.tls, id);
  if ('error' in texts) return texts;
  const { WHITEWATER_LOG_LEVEL: level = '' } = process.env;
  if (level !== '' && !logLevels.includes(level)) {
    return { error: `WHITEWATER_LOG_LEVEL must be one of ${logLevels.join(', ')}, but is ${JSON.stringify(level)}.` };
  }
  const logger = nodeLog(id, level);
  return { options: { config, id, joins: flags.join === true, tls: texts.tls, version, supervision, logger } };
}

function urlsOf({ config, id, tls }: NodeServerOptions): readonly string[] {
  const scheme = tls === undefined ? 'http' : 'https';
  return (config.nodes.get(id)?.addresses ?? []).map((address) => `${scheme}://${hostPortText(address)}`);
}
