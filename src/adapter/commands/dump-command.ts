import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseCommand, parseOpenSession } from '../../kv/limits.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { AddCommand } from '../add-command.ts';
import type { HttpClient } from '../client/http-client.ts';
import { EXIT_UNAVAILABLE, EXIT_UNUSABLE } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { membersOfCluster, parsed, statusOfNode } from './cluster-facts.ts';
import {
  answerTo,
  asking,
  CommandFault,
  connect,
  connectionHelp,
  exitCodeHelp,
  memberUrls,
  withConnection,
  type ConnectionFlags,
} from './connection.ts';

const entrySchema = v.variant('type', [
  v.object({ type: v.literal('no-op'), index: v.number(), term: v.number() }),
  v.object({ type: v.literal('command'), index: v.number(), term: v.number(), command: v.unknown() }),
  v.object({
    type: v.literal('configuration'),
    index: v.number(),
    term: v.number(),
    configuration: v.object({ voters: v.array(v.string()), learners: v.array(v.string()) }),
  }),
]);
const logSchema = v.object({ entries: v.array(entrySchema) });
const wordsSchema = v.object({ text: v.optional(v.string()) });

type DumpedEntry = v.InferOutput<typeof entrySchema>;

const help = `
For each member that can be reached a folder, by its id, with
  logs.txt      its log, an entry a line: the operation, then the term, as in SET name1 Sam 0
  metadata.txt  the commit length, the term, and whom it voted for
  dump.txt      what it did lately, one sentence an event`;

/** `whitewater dump`: what the nodes hold, as files. */
export const addDumpCommand: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('dump [folder]').summary('write logs and states of all nodes into files'))
    .description('Writes what every member holds into files (default: whitewater-dump, here).')
    .addHelpText('after', `${help}\n${connectionHelp}\n${exitCodeHelp}`)
    .action(async (folder: string | undefined, flags: ConnectionFlags) => {
      const into = folder ?? 'whitewater-dump';
      exit(await asking(flags, terminal, (client) => dumpAll(client, into, flags, terminal)));
    });
};

async function dumpAll(
  client: HttpClient,
  folder: string,
  flags: ConnectionFlags,
  terminal: Terminal,
): Promise<number | void> {
  const { members } = await membersOfCluster(client);
  const written: Readonly<Record<string, unknown>>[] = [];
  for (const { node, ...place } of members) {
    try {
      const entries = await dumpNode(await connect(flags, memberUrls(flags, place)), join(folder, node), (done, all) =>
        terminal.progress(`${node}: ${done} of ${all} entries …`),
      );
      written.push({ node, folder: join(folder, node), entries });
      if (flags.json !== true) terminal.out(`${node}: ${entries} entries in ${join(folder, node)}\n`);
    } catch (error) {
      if (!(error instanceof CommandFault) || error.code !== EXIT_UNAVAILABLE) throw error;
      terminal.note(`${node}: ${error.message}\n`);
    }
  }
  terminal.progress('');
  if (flags.json === true) terminal.out(`${JSON.stringify({ dumped: written })}\n`);
  if (written.length < members.length) return EXIT_UNAVAILABLE;
}

type OnProgress = (done: number, all: number) => void;

async function dumpNode(client: HttpClient, folder: string, onProgress: OnProgress): Promise<number> {
  try {
    const status = await statusOfNode(client);
    const entries = await logOf(client, status.firstIndex, status.lastIndex, onProgress);
    const sentences: string[] = [];
    const recent = client.follow(client.url, '/events?words&recent&end', (line) => {
      const { text } = parsed(wordsSchema, line);
      if (text !== undefined) sentences.push(text);
    });
    await recent.ended;
    const metadata = [status.commitIndex, status.term, status.votedFor ?? 'none'];
    await mkdir(folder, { recursive: true });
    await Promise.all([
      writeFile(join(folder, 'logs.txt'), linesOf(entries.map(entryLine))),
      writeFile(join(folder, 'metadata.txt'), `${metadata.join(' ')}\n`),
      writeFile(join(folder, 'dump.txt'), linesOf(sentences)),
    ]);
    return entries.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      throw new CommandFault(`${folder} cannot be written: ${sentenceOfError(error)}`, EXIT_UNUSABLE);
    }
    throw error;
  } finally {
    client.close();
  }
}

async function logOf(
  client: HttpClient,
  firstIndex: number,
  lastIndex: number,
  onProgress: OnProgress,
): Promise<readonly DumpedEntry[]> {
  const all: DumpedEntry[] = [];
  for (let from = firstIndex; from <= lastIndex;) {
    const { entries } = parsed(logSchema, (await answerTo(client, { method: 'GET', path: `/log?from=${from}` })).body);
    if (entries.length === 0) break;
    all.push(...entries);
    from = (entries.at(-1)?.index ?? lastIndex) + 1;
    onProgress(all.length, lastIndex - firstIndex + 1);
  }
  return all;
}

function entryLine(entry: DumpedEntry): string {
  switch (entry.type) {
    case 'no-op':
      return `NO-OP ${entry.term}`;
    case 'configuration': {
      const { voters, learners } = entry.configuration;
      return `CONFIGURATION ${[...voters, ...learners.map((node) => `${node}(learner)`)].join(',')} ${entry.term}`;
    }
    case 'command':
      return `${commandWords(entry.command)} ${entry.term}`;
  }
}

function commandWords(value: unknown): string {
  const operation = parseCommand(value)?.operation;
  switch (operation?.type) {
    case 'set':
      return `SET ${operation.key} ${oneLine(operation.value)}`;
    case 'get':
    case 'delete':
      return `${operation.type.toUpperCase()} ${operation.key}`;
    case 'append':
      return `APPEND ${operation.key} ${oneLine(operation.value)}`;
    case 'compare-and-set':
      return `CAS ${operation.key} ${oneLine(operation.expected ?? 'none')} ${oneLine(operation.value)}`;
    case undefined:
      return parseOpenSession(value) === undefined ? 'UNKNOWN' : 'OPEN-SESSION';
  }
}

/** An entry is one line, whatever is in its value. */
function oneLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
