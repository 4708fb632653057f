import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { NodeId } from '../../raft/entry.ts';
import { describe } from '../../timeline/describe.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import { eventSchema } from '../../timeline/event-schema.ts';
import { exportRealHtml } from '../../timeline/export-html.ts';
import type { AddCommand } from '../add-command.ts';
import { NoAnswerError, type HttpClient } from '../client/http-client.ts';
import { EXIT_UNAVAILABLE, EXIT_UNUSABLE } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { folderFault, isSystemError } from '../file-fault.ts';
import { makeFolder } from '../make-folder.ts';
import { tell } from './answer.ts';
import { droppedSchema } from './dropped-line.ts';
import { entryLine, logSchema, type DumpedEntry } from './dumped-entry.ts';
import { membersOfCluster, parsed, statusOfNode, type StatusAnswer } from './cluster-facts.ts';
import {
  answerTo,
  asking,
  CommandFault,
  connect,
  clusterHelp,
  memberUrls,
  withConnection,
  type ConnectionFlags,
} from './connection.ts';

const help = `
For each member that can be reached a folder, by its id, with
  logs.txt      its log, an entry a line: the operation, then the term, as in SET name1 Sam 0
  metadata.txt  the commit length, the term, and whom it voted for
  dump.txt      what it did lately, one sentence an event
and beside the folders log.html, what all of them did lately as one table, a column a node, that any browser opens.

A node remembers its last 10,000 events since it was started, and its log from the last snapshot on. Where a
member cannot be reached, the others are written all the same, and the exit code is 5.`;
const dumpJson = '{"dumped":[{"node":"n1","folder":"…","entries":7},…],"html":"…/log.html"}.';

/** `whitewater dump`: what the nodes hold, as files. */
export const addDumpCommand: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('dump [folder]').summary('write logs and states of all nodes into files'))
    .description('Writes what every member holds into files (default: whitewater-dump, here).')
    .addHelpText('after', clusterHelp(dumpJson, help))
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
  const dumps: NodeDump[] = [];
  let missing = 0;
  for (const { node, ...place } of members) {
    if (place.address === '') {
      terminal.note(`${node} cannot be asked: nobody knows an address of it.\n`);
      continue;
    }
    try {
      const dump = await dumpOf(flags, node, memberUrls(flags, place), (done, all) =>
        terminal.progress(`${node}: ${done} of ${all} entries …`),
      );
      await writeNode(join(folder, node), dump);
      dumps.push(dump);
      if (flags.json !== true) terminal.out(`${node}: ${dump.entries.length} entries in ${join(folder, node)}\n`);
    } catch (error) {
      if (!(error instanceof CommandFault) || error.code !== EXIT_UNAVAILABLE) throw error;
      terminal.note(`${node}: ${error.message}\n`);
      missing += 1;
    }
  }
  terminal.progress('');
  const html = join(folder, 'log.html');
  const page = exportRealHtml(
    dumps.map(({ node }) => node),
    dumps.flatMap(({ events }) => events),
    (atUs) => new Date(atUs / 1_000).toISOString().slice(0, 23).replace('T', ' '),
  );
  await writing(folder, async () => {
    await makeFolder(folder);
    await writeFile(html, page);
  });
  const dumped = dumps.map(({ node, entries }) => ({ node, folder: join(folder, node), entries: entries.length }));
  tell(terminal, flags, { dumped, html }, `All that they remember, as one table: ${html}\n`);
  if (missing > 0) return EXIT_UNAVAILABLE;
}

type OnProgress = (done: number, all: number) => void;

/** What a node holds, and what it remembers of what it did. */
interface NodeDump {
  readonly node: NodeId;
  readonly status: StatusAnswer;
  readonly entries: readonly DumpedEntry[];
  readonly events: readonly TimelineEvent[];
}

async function dumpOf(
  flags: ConnectionFlags,
  node: NodeId,
  urls: readonly string[],
  onProgress: OnProgress,
): Promise<NodeDump> {
  const client = await connect(flags, urls);
  try {
    const status = await statusOfNode(client);
    const entries = await logOf(client, status.firstIndex, status.lastIndex, onProgress);
    const events: TimelineEvent[] = [];
    const recent = client.follow(client.url, '/events?recent&end', (line) => {
      const told = parsed(v.union([eventSchema, droppedSchema]), line);
      // Where so many were left out that it is not all that the node remembers: then these are the latest.
      if (!('dropped' in told)) events.push(told);
    });
    await recent.ended.catch((error: unknown) => {
      if (error instanceof NoAnswerError) throw new CommandFault(error.message, EXIT_UNAVAILABLE);
      throw error;
    });
    return { node, status, entries, events };
  } finally {
    client.close();
  }
}

async function writeNode(folder: string, { status, entries, events }: NodeDump): Promise<void> {
  const metadata = [status.commitIndex, status.term, status.votedFor ?? 'none'];
  await writing(folder, async () => {
    await makeFolder(folder);
    await Promise.all([
      writeFile(join(folder, 'logs.txt'), linesOf(entries.map(entryLine))),
      writeFile(join(folder, 'metadata.txt'), `${metadata.join(' ')}\n`),
      writeFile(join(folder, 'dump.txt'), linesOf(events.map((event) => describe(event).text))),
    ]);
  });
}

/** Throws a CommandFault where the folder cannot be written to. */
async function writing(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new CommandFault(folderFault(folder, error), EXIT_UNUSABLE);
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

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
