import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { AddHelpTextContext, Command } from 'commander';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import { HttpClient, type HttpAnswer, type HttpRequest, NoAnswerError } from '../client/http-client.ts';
import type { TlsTexts } from '../config/tls-texts.ts';
import { EXIT_NO, EXIT_OK, EXIT_UNAVAILABLE, EXIT_UNKNOWN, EXIT_UNUSABLE } from '../exit-codes.ts';
import { readFault } from '../file-fault.ts';
import { helpText } from '../help-text.ts';
import type { Terminal } from '../terminal.ts';
import { refuse } from './answer.ts';

/** The options of every command that asks a cluster. */
export interface ConnectionFlags {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly json?: true;
}

const DEFAULT_URL = 'http://127.0.0.1:4101';

const connectionHelp = `
Which cluster: --url, or WHITEWATER_URL, takes addresses of nodes with commas between them, and otherwise it is
${DEFAULT_URL}, where whitewater cluster puts n1. Any node will do; where one cannot be reached the next is asked. The
token is in WHITEWATER_TOKEN or in the file that --token-file names, never on the command line, where others could see it.`;

const exitCodeHelp = `
Exit codes: 0 done; 1 the answer is no; 2 what was given cannot be used; 3 no answer in time, and it may have been done;
5 no node took it, and it will not be done.`;

/** The end of the help of a command that asks a cluster. `json`: what is to be known of `--json`; `own`: of the command itself. */
export function clusterHelp(json: string, own = ''): (context: AddHelpTextContext) => string {
  const asJson = `\nWith --json: ${json} Of what cannot be done: {"error":…}, and the sentence on the standard error as well.`;
  return helpText([...(own === '' ? [] : [own]), asJson, connectionHelp, exitCodeHelp].join('\n'));
}

/** Gives a command the options by which it finds its cluster. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <addresses>', 'nodes to ask, with commas between them')
    .option('--token-file <file>', 'a file that holds the token')
    .option('--ca <file>', 'whose signature the nodes’ certificates bear (PEM)')
    .option('--cert <file>', 'a certificate of one’s own, in place of the token (PEM)')
    .option('--key <file>', 'its key (PEM)')
    .option('--json', 'print the answer as JSON');
}

/** The addresses that are to be asked. */
function urlsOf({ url }: ConnectionFlags): readonly string[] {
  const text = url ?? process.env['WHITEWATER_URL'] ?? DEFAULT_URL;
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => (one.includes('://') ? one : `http://${one}`));
}

/** Where a member is to be found. */
export interface MemberPlace {
  readonly address: string;
  readonly addresses?: readonly string[] | undefined;
}

/** Where a member is to be asked itself, in the manner in which the cluster is asked. At least one. */
export function memberUrls(flags: ConnectionFlags, { address, addresses = [] }: MemberPlace): readonly string[] {
  const scheme = urlsOf(flags)[0]?.startsWith('https:') === true ? 'https' : 'http';
  return (addresses.length > 0 ? addresses : [address]).map((one) => `${scheme}://${one}`);
}

/** The same for people. */
export function memberPlaceText({ address, addresses = [] }: MemberPlace): string {
  return addresses.length > 0 ? addresses.join(' ') : address;
}

/** Something that a person is told in one sentence, and the exit code that goes with it. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault';
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }
}

/** Whom to ask, and how to show oneself. */
export interface Access {
  readonly urls: readonly string[];
  readonly token: string | undefined;
  readonly tls: Partial<TlsTexts>;
}

/** Throws a CommandFault where a file cannot be read or an address is none. */
export async function connect(flags: ConnectionFlags, urls = urlsOf(flags)): Promise<HttpClient> {
  return new HttpClient(await accessOf(flags, urls));
}

/** Throws a CommandFault where a file cannot be read or an address is none. */
export async function accessOf(flags: ConnectionFlags, urls = urlsOf(flags)): Promise<Access> {
  const bad = urls.find((url) => !URL.canParse(url) || !/^https?:/.test(url));
  if (bad !== undefined || urls.length === 0) {
    const what = bad === undefined ? 'No node is named' : `${bad} is no address of a node`;
    throw new CommandFault(`${what}; such an address is ${DEFAULT_URL}.`, EXIT_UNUSABLE);
  }
  const { tokenFile, ca, cert, key } = flags;
  const token = tokenFile === undefined ? (process.env['WHITEWATER_TOKEN'] ?? '') : (await fileText(tokenFile)).trim();
  if (!/^[\x21-\x7e]*$/.test(token)) {
    const where = tokenFile ?? 'WHITEWATER_TOKEN';
    throw new CommandFault(`${where} holds no token: that is printable ASCII characters, and no space.`, EXIT_UNUSABLE);
  }
  const tls: Record<string, string> = {};
  for (const [name, path] of Object.entries({ ca, cert, key })) {
    if (path !== undefined) tls[name] = await fileText(path);
  }
  // What is no certificate would be passed over there, and then nobody be believed.
  if (ca !== undefined && tls['ca']?.includes('-----BEGIN') !== true) {
    throw new CommandFault(`${ca} holds no certificate (PEM).`, EXIT_UNUSABLE);
  }
  try {
    createSecureContext(tls);
  } catch (error) {
    const sentence = `What --ca, --cert and --key name cannot be used: ${sentenceOfError(error)}.`;
    throw new CommandFault(sentence, EXIT_UNUSABLE);
  }
  return { urls, token: token === '' ? undefined : token, tls };
}

async function fileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandFault(readFault(path, error), EXIT_UNUSABLE);
  }
}

/** Carries out a command that asks a cluster: what goes wrong is said in one sentence, and ends in its exit code. */
export async function asking(
  flags: ConnectionFlags,
  terminal: Terminal,
  ask: (client: HttpClient) => Promise<number | void>,
): Promise<number> {
  let client: HttpClient | undefined;
  try {
    client = await connect(flags);
    return (await ask(client)) ?? EXIT_OK;
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return refuse(terminal, flags, error.message, error.code);
  } finally {
    client?.close();
  }
}

/** An answer that is a success. Throws a CommandFault with what the problem says. */
export async function answerTo(client: HttpClient, request: HttpRequest): Promise<HttpAnswer> {
  const answer = await anyAnswerTo(client, request);
  if (answer.status < 300) return answer;
  throw faultOf(client, answer, request);
}

/** An answer, whatever its status. Throws a CommandFault where there is none. */
export async function anyAnswerTo(client: HttpClient, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await client.send(request);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    const { message, isDefinite } = error;
    if (isDefinite || request.method === 'GET') throw new CommandFault(message, EXIT_UNAVAILABLE);
    throw new CommandFault(`${message} It may have been done all the same.`, EXIT_UNKNOWN);
  }
}

/** What an answer that is no success tells a person. */
export function faultOf(client: HttpClient, answer: HttpAnswer, { method }: HttpRequest): CommandFault {
  const detail = client.fieldOf(answer, 'detail');
  if (answer.status === 401) {
    const missing = 'The cluster asks for its token: give it in WHITEWATER_TOKEN, or with --token-file.';
    return new CommandFault(client.hasToken ? 'The token is not that of this cluster.' : missing, EXIT_UNUSABLE);
  }
  if (typeof detail === 'string') return new CommandFault(detail, codeOf(answer.status));
  const stranger = `What answers there, with status ${answer.status}, is no node of this version.`;
  // A server that stands in between may have passed it on.
  if (answer.status < 502 || method === 'GET') return new CommandFault(stranger, EXIT_UNAVAILABLE);
  return new CommandFault(`${stranger} It may have been done all the same.`, EXIT_UNKNOWN);
}

function codeOf(status: number): number {
  if (status === 504) return EXIT_UNKNOWN;
  if (status === 404 || status === 409 || status === 412) return EXIT_NO;
  return status < 500 ? EXIT_UNUSABLE : EXIT_UNAVAILABLE;
}
