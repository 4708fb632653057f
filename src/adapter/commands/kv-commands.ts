import { Option, type Command } from 'commander';
import { MAX_VALUE_BYTES } from '../../kv/command.ts';
import { readModes } from '../../cluster/read-modes.ts';
import type { AddCommand } from '../add-command.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../client/http-client.ts';
import { EXIT_NO, EXIT_OK, EXIT_UNUSABLE } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import {
  anyAnswerTo,
  asking,
  clusterHelp,
  CommandFault,
  faultOf,
  withConnection,
  type ConnectionFlags,
} from './connection.ts';
import { tell } from './answer.ts';
import { wholeNumber } from './whole-number.ts';

/** How a command asks, and who hears as of which entry it was answered. */
interface AskFlags extends ConnectionFlags {
  readonly onIndex?: (index: number) => void;
}

interface ReadFlags extends AskFlags {
  readonly via?: string;
  readonly notBefore?: number;
}

const valueHelp =
  '\nA value of - is read from the standard input. What begins with a hyphen comes after two of them: put -- key -5.';
const casHelp = '\nAn expected none means that the key is to be absent. A value of - is read from the standard input.';
const getJson =
  '{"key":"x","value":"5","index":7,"via":"follower"}; value is null where the key is absent, index says as of which entry, via how that was made sure of.';
const casJson = '{"ok":true,"index":7}, or {"ok":false,"actual":"5"} where the key holds that (null: it is absent).';
const doneJson = '{"ok":true,"index":7}, where index is that of its entry in the log.';

/** `whitewater put`, `get`, `del`, `append` and `cas`. */
export const addKvCommands: AddCommand = (program, terminal, exit) => {
  const command = (usage: string, summary: string): Command =>
    withConnection(
      program
        .command(usage)
        .summary(summary)
        .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
    );
  const write = async (flags: ConnectionFlags, requestOf: () => Promise<HttpRequest>): Promise<void> => {
    exit(await asking(flags, terminal, async (client) => writeKey(client, terminal, flags, await requestOf())));
  };
  command('put <key> <value>', 'write a value under a key')
    .addHelpText('after', clusterHelp(doneJson, valueHelp))
    .action((key: string, value: string, flags: ConnectionFlags) =>
      write(flags, async () => ({ method: 'PUT', path: pathOf(key), body: await valueOf(value, terminal) })),
    );
  command('append <key> <value>', 'add text to the end of a value')
    .addHelpText('after', clusterHelp(doneJson, valueHelp))
    .action((key: string, value: string, flags: ConnectionFlags) =>
      write(flags, async () => ({
        method: 'POST',
        path: `${pathOf(key)}/append`,
        body: await valueOf(value, terminal),
      })),
    );
  command('del <key>', 'delete a key')
    .addHelpText('after', clusterHelp(doneJson))
    .action((key: string, flags: ConnectionFlags) =>
      write(flags, () => Promise.resolve({ method: 'DELETE', path: pathOf(key) })),
    );
  command('cas <key> <expected> <value>', 'write only if the key holds what is expected')
    .option('--absent', 'expect that the key is absent, whatever is given')
    .addHelpText('after', clusterHelp(casJson, casHelp))
    .action((key: string, expected: string, text: string, flags: ConnectionFlags & { readonly absent?: true }) =>
      write(flags, async () => {
        const wanted = flags.absent === true || expected === 'none' ? null : expected;
        const body = JSON.stringify({ expected: wanted, value: await valueOf(text, terminal) });
        return { method: 'POST', path: `${pathOf(key)}/compare-and-set`, body };
      }),
    );
  command('get <key>', 'read what a key holds')
    .addOption(new Option('--via <mode>', 'how the read is made sure of').choices(readModes.map(({ mode }) => mode)))
    .option('--not-before <index>', 'no older than that entry of the log', wholeNumber)
    .addHelpText('after', clusterHelp(getJson, `\n${modeHelp()}`))
    .action(async (key: string, flags: ReadFlags) => {
      exit(await asking(flags, terminal, (client) => readKey(client, terminal, key, flags)));
    });
};

function modeHelp(): string {
  return ['Ways to read:', ...readModes.map(({ mode, meaning }) => `  ${mode.padEnd(11)} ${meaning}`)].join('\n');
}

/** The path of a key: one part, whatever is in it. */
export function pathOf(key: string): string {
  return `/kv/${encodeURIComponent(key)}`;
}

/** Throws a CommandFault where the standard input is to be the value and cannot be. */
async function valueOf(text: string, terminal: Terminal): Promise<string> {
  if (text !== '-') return text;
  const bytes = await terminal.readInput(MAX_VALUE_BYTES);
  if (bytes.length > MAX_VALUE_BYTES) {
    throw new CommandFault(`A value may have at most ${MAX_VALUE_BYTES} bytes; this input has more.`, EXIT_UNUSABLE);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CommandFault('A value is text in UTF-8, and this input is not.', EXIT_UNUSABLE);
  }
}

/** Writes, and says what came of it. Gives the exit code. */
export async function writeKey(
  client: HttpClient,
  terminal: Terminal,
  flags: AskFlags,
  request: HttpRequest,
): Promise<number> {
  const answer = await anyAnswerTo(client, request);
  if (answer.status === 412) {
    const actual = client.fieldOf(answer, 'actual');
    const holds = typeof actual === 'string' ? `holds ${JSON.stringify(actual)}` : 'is absent';
    tell(terminal, flags, { ok: false, actual }, `Not done: the key ${holds}.\n`);
    return EXIT_NO;
  }
  const index = indexOf(answer);
  if (answer.status >= 300 || index === undefined) throw faultOf(client, answer, request);
  flags.onIndex?.(index);
  tell(terminal, flags, { ok: true, index }, `Done, at entry ${index}.\n`);
  return EXIT_OK;
}

/** Reads, and says what the key holds. Gives the exit code. */
export async function readKey(
  client: HttpClient,
  terminal: Terminal,
  key: string,
  { via, notBefore, onIndex, json }: ReadFlags,
): Promise<number> {
  const headers = {
    ...(via !== undefined && { 'whitewater-read': via }),
    ...(notBefore !== undefined && { 'whitewater-not-before': String(notBefore) }),
  };
  const request = { method: 'GET', path: pathOf(key), headers };
  const answer = await anyAnswerTo(client, request);
  const index = indexOf(answer);
  const isAbsent = answer.status === 404;
  if (index === undefined || (answer.status !== 200 && !isAbsent)) throw faultOf(client, answer, request);
  onIndex?.(index);
  const value = isAbsent ? null : answer.body;
  const told = { key, value, index, via: answer.headers['whitewater-via'] };
  if (json !== true && value === null) terminal.note(`${key} is absent.\n`);
  else tell(terminal, { json }, told, `${value}\n`);
  return isAbsent ? EXIT_NO : EXIT_OK;
}

/** As of which entry an answer holds; undefined where it is no answer of a node. */
function indexOf({ headers }: HttpAnswer): number | undefined {
  const text = headers['whitewater-index'];
  return typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : undefined;
}
