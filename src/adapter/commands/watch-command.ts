import * as v from 'valibot';
import type { AddCommand } from '../add-command.ts';
import { NoAnswerError, type HttpClient } from '../client/http-client.ts';
import type { Terminal } from '../terminal.ts';
import { membersOfCluster, parsed } from './cluster-facts.ts';
import { asking, clusterHelp, memberUrls, withConnection, type ConnectionFlags } from './connection.ts';
import { untilTold } from './until-told.ts';

interface WatchFlags extends ConnectionFlags {
  readonly all?: true;
  readonly recent?: true;
}

/** How long it waits before it turns again to a node that it has lost, milliseconds. */
const AGAIN_MS = 500;

const lineSchema = v.object({ atUs: v.number(), node: v.string(), text: v.string(), section: v.optional(v.string()) });
const droppedSchema = v.object({ dropped: v.number() });

const watchHelp = '\nCtrl-C ends it, with exit code 0. A node that is down is asked again until it is there.';
const eventJson =
  'a line an event, {"atUs":…,"node":"n1","type":"…","kind":"…","text":"…"}, some with "why" and "section", atUs in microseconds since 1970; {"dropped":5} where so many were left out.';

/** `whitewater watch`: what the nodes of a cluster do, as it happens. */
export const addWatchCommand: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('watch').summary('tell what happens in a cluster, as it happens'))
    .description('Tells what every member does, a line an event, until Ctrl-C.')
    .option('--all', 'also what an idle cluster does all the time: heartbeats and timers')
    .option('--recent', 'begin with what happened lately')
    .addHelpText('after', clusterHelp(eventJson, watchHelp))
    .action(async (flags: WatchFlags) => {
      exit(await asking(flags, terminal, (client) => watch(client, flags, terminal)));
    });
};

async function watch(client: HttpClient, flags: WatchFlags, terminal: Terminal): Promise<void> {
  const { told } = untilTold();
  const { members } = await membersOfCluster(client);
  const quiet = flags.all === true ? '' : '&quiet';
  const over = new AbortController();
  const stops = new Map<string, () => void>();
  const follow = async (node: string, urls: readonly string[]): Promise<void> => {
    let recent = flags.recent === true ? '&recent' : '';
    for (let at = 0; !over.signal.aborted; at++) {
      const url = urls[at % urls.length] ?? '';
      const followed = client.follow(url, `/events?words${quiet}${recent}`, (line) => sayLine(line, flags, terminal));
      stops.set(node, () => followed.stop());
      recent = '';
      try {
        await followed.ended;
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
      }
      // A node that is down may come back.
      await Promise.race([told, new Promise((resolve) => setTimeout(resolve, AGAIN_MS))]);
    }
  };
  const following = members.map((member) => follow(member.node, memberUrls(flags, member)));
  await told;
  over.abort();
  for (const stop of stops.values()) stop();
  await Promise.all(following);
}

function sayLine(line: string, { json }: WatchFlags, terminal: Terminal): void {
  if (json === true) {
    terminal.out(`${line}\n`);
    return;
  }
  const told = parsed(v.union([lineSchema, droppedSchema]), line);
  if ('dropped' in told) {
    terminal.note(`${told.dropped} events were left out: they came faster than they could be told.\n`);
    return;
  }
  const time = new Date(told.atUs / 1_000).toISOString().slice(11, 23);
  const section = told.section === undefined ? '' : terminal.dim(` (${told.section})`);
  terminal.out(`${terminal.dim(time)} ${told.text}${section}\n`);
}
