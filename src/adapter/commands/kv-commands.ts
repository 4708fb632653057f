import { Option, type Command } from 'commander';
import { readModes } from '../../cluster/read-modes.ts';
import type { AddCommand } from '../add-command.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../client/http-client.ts';
import { EXIT_NO, EXIT_OK } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import {
  anyAnswerTo,
  asking,
  connectionHelp,
  exitCodeHelp,
  faultOf,
  withConnection,
  type ConnectionFlags,
} from './connection.ts';

interface ReadFlags extends ConnectionFlags {
  readonly via?: string;
}

const valueHelp = '\nA value of - is read from the standard input.';

/** `whitewater put`, `get`, `del`, `append` and `cas`. */
export const addKvCommands: AddCommand = (program, terminal, exit) => {
  const command = (usage: string, summary: string): Command =>
    withConnection(
      program
        .command(usage)
        .summary(summary)
        .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
    );
  command('put <key> <value>', 'write a value under a key')
    .addHelpText('after', `${valueHelp}\n${connectionHelp}\n${exitCodeHelp}`)
    .action(async (key: string, value: string, flags: ConnectionFlags) => {
      const body = await valueOf(value, terminal);
      exit(
        await asking(flags, terminal, (client) =>
          writeKey(client, terminal, flags, { method: 'PUT', path: pathOf(key), body }),
        ),
      );
    });
  command('append <key> <value>', 'add text to the end of a value')
    .addHelpText('after', `${valueHelp}\n${connectionHelp}\n${exitCodeHelp}`)
    .action(async (key: string, value: string, flags: ConnectionFlags) => {
      const body = await valueOf(value, terminal);
      const request = { method: 'POST', path: `${pathOf(key)}/append`, body };
      exit(await asking(flags, terminal, (client) => writeKey(client, terminal, flags, request)));
    });
  command('del <key>', 'delete a key')
    .addHelpText('after', `${connectionHelp}\n${exitCodeHelp}`)
    .action(async (key: string, flags: ConnectionFlags) => {
      exit(
        await asking(flags, terminal, (client) =>
          writeKey(client, terminal, flags, { method: 'DELETE', path: pathOf(key) }),
        ),
      );
    });
  command('cas <key> <expected> <value>', 'write only if the key holds what is expected')
    .option('--absent', 'expect that the key is absent, whatever is given')
    .addHelpText('after', `\nAn expected none means that the key is to be absent.\n${connectionHelp}\n${exitCodeHelp}`)
    .action(
      async (key: string, expected: string, value: string, flags: ConnectionFlags & { readonly absent?: true }) => {
        const wanted = flags.absent === true || expected === 'none' ? null : expected;
        const body = JSON.stringify({ expected: wanted, value });
        const request = { method: 'POST', path: `${pathOf(key)}/compare-and-set`, body };
        exit(await asking(flags, terminal, (client) => writeKey(client, terminal, flags, request)));
      },
    );
  command('get <key>', 'read what a key holds')
    .addOption(new Option('--via <mode>', 'how the read is made sure of').choices(readModes.map(({ mode }) => mode)))
    .addHelpText('after', `\n${modeHelp()}\n${connectionHelp}\n${exitCodeHelp}`)
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

async function valueOf(text: string, terminal: Terminal): Promise<string> {
  return text === '-' ? new TextDecoder().decode(await terminal.readInput()) : text;
}

/** Writes, and says what came of it. Gives the exit code. */
export async function writeKey(
  client: HttpClient,
  terminal: Terminal,
  { json }: ConnectionFlags,
  request: HttpRequest,
): Promise<number> {
  const answer = await anyAnswerTo(client, request);
  if (answer.status === 412) return sayMismatch(client, answer, terminal, json === true);
  if (answer.status >= 400) throw faultOf(client, answer);
  const index = indexOf(answer);
  terminal.out(json === true ? `${JSON.stringify({ ok: true, index })}\n` : `Done, at entry ${index}.\n`);
  return EXIT_OK;
}

function sayMismatch(client: HttpClient, answer: HttpAnswer, terminal: Terminal, json: boolean): number {
  const actual = client.fieldOf(answer, 'actual');
  const holds = typeof actual === 'string' ? `holds ${JSON.stringify(actual)}` : 'is absent';
  terminal.out(json ? `${JSON.stringify({ ok: false, actual })}\n` : `Not done: the key ${holds}.\n`);
  return EXIT_NO;
}

/** Reads, and says what the key holds. Gives the exit code. */
export async function readKey(
  client: HttpClient,
  terminal: Terminal,
  key: string,
  { via, json }: ReadFlags,
): Promise<number> {
  const headers: Record<string, string> = via === undefined ? {} : { 'whitewater-read': via };
  const answer = await anyAnswerTo(client, { method: 'GET', path: pathOf(key), headers });
  const isAbsent = answer.status === 404 && answer.headers['whitewater-index'] !== undefined;
  if (answer.status >= 400 && !isAbsent) throw faultOf(client, answer);
  const value = isAbsent ? null : answer.body;
  const told = { key, value, index: indexOf(answer), via: answer.headers['whitewater-via'] };
  if (json === true) terminal.out(`${JSON.stringify(told)}\n`);
  else if (value === null) terminal.note(`${key} is absent.\n`);
  else terminal.out(`${value}\n`);
  return isAbsent ? EXIT_NO : EXIT_OK;
}

function indexOf({ headers }: HttpAnswer): number {
  return Number(headers['whitewater-index']);
}
