import * as v from 'valibot';
import type { NodeId } from '../../raft/entry.ts';
import type { AddCommand } from '../add-command.ts';
import { NoAnswerError, type HttpClient } from '../client/http-client.ts';
import type { Terminal } from '../terminal.ts';
import { membersOfCluster, orUndefined, parsed, type MembersAnswer } from './cluster-facts.ts';
import { droppedSchema } from './dropped-line.ts';
import { asking, clusterHelp, memberUrls, withConnection, type ConnectionFlags } from './connection.ts';
import { untilTold } from './until-told.ts';

type Member = MembersAnswer['members'][number];

interface WatchFlags extends ConnectionFlags {
  readonly all?: true;
  readonly recent?: true;
}

/** How long it waits before it turns again to a node that it has lost, milliseconds. */
const AGAIN_MS = 500;
/** How often it asks where new members are; one in a browser is nowhere that it could be asked. */
const MAX_MEETINGS = 20;

const lineSchema = v.object({
  atUs: v.number(),
  type: v.string(),
  text: v.string(),
  section: v.optional(v.string()),
});

const watchHelp =
  '\nCtrl-C ends it, with exit code 0. A node that is down is asked again until it is there, and one that is added is told of, too.';
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
  const stops = new Map<NodeId, () => void>();
  const over = new AbortController();
  // What nobody expected ends it.
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const follow = async ({ node, ...place }: Member): Promise<void> => {
    const urls = memberUrls(flags, place);
    const quiet = flags.all === true ? '' : '&quiet';
    const onLine = (line: string): void => {
      if (sayLine(line, flags, terminal)) meetAll().catch(fail);
    };
    let recent = flags.recent === true ? '&recent' : '';
    for (let at = 0; !over.signal.aborted; at++) {
      const url = urls[at % urls.length] ?? '';
      const followed = client.follow(url, `/events?words${quiet}${recent}`, onLine);
      stops.set(node, () => followed.stop());
      recent = '';
      try {
        await followed.ended;
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
      }
      // A node that is down may come back.
      await Promise.race([told, aWhile()]);
    }
  };
  const meet = (members: readonly Member[]): void => {
    for (const member of members) {
      if (stops.has(member.node) || member.address === '') continue;
      stops.set(member.node, () => undefined);
      follow(member).catch(fail);
    }
  };
  /** Others may belong to the cluster than before, and where they are may take a while to get about. */
  const meetAll = async (): Promise<void> => {
    for (let tries = 0; tries < MAX_MEETINGS && !over.signal.aborted; tries++) {
      const found = await orUndefined(membersOfCluster(client));
      meet(found?.members ?? []);
      if (found?.members.every(({ address }) => address !== '') === true) return;
      await Promise.race([told, aWhile()]);
    }
  };
  meet((await membersOfCluster(client)).members);
  meetAll().catch(fail);
  try {
    await Promise.race([told, failed]);
  } finally {
    over.abort();
    for (const stop of stops.values()) stop();
  }
}

/** Says what a line tells. Gives whether a node goes by other members from now on. */
function sayLine(line: string, { json }: WatchFlags, terminal: Terminal): boolean {
  const told = parsed(v.union([lineSchema, droppedSchema]), line);
  const isChange = 'type' in told && told.type === 'configuration-changed';
  if (json === true) {
    terminal.out(`${line}\n`);
    return isChange;
  }
  if ('dropped' in told) {
    terminal.note(`${told.dropped} events were left out: they came faster than they could be told.\n`);
    return false;
  }
  const time = new Date(told.atUs / 1_000).toISOString().slice(11, 23);
  const section = told.section === undefined ? '' : terminal.dim(` (${told.section})`);
  terminal.out(`${terminal.dim(time)} ${told.text}${section}\n`);
  return isChange;
}

function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}
