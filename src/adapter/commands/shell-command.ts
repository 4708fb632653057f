import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { completions } from '../../cluster/command-completions.ts';
import type { AddCommand } from '../add-command.ts';
import type { HttpClient } from '../client/http-client.ts';
import { EXIT_OK } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { membersOfCluster, orUndefined, type MembersAnswer } from './cluster-facts.ts';
import { accessOf, asking, clusterHelp, withConnection, type ConnectionFlags } from './connection.ts';
import { isForShell } from './shell-help.ts';
import { runShellLine } from './shell-line.ts';
import type { ClusterHand } from './cluster-hand.ts';

/** The most lines that the shell remembers from one time to the next. */
const MAX_HISTORY = 1_000;

const help = `
A line is a command, as in the playground: x=5, get x, del x, append x 7, cas x 5 6; kill 3, revive 3 and the like where the
cluster is one of whitewater cluster, and cut 1 2, isolate 3, split 1 2 | 3 4 5, loss 10%, heal where it was started with
--faults; add, remove, promote, demote, members, transfer, timeout, snapshot; status; help; exit. Tab completes, and what was
typed is remembered in $XDG_STATE_HOME/whitewater/shell-history (~/.local/state where that is not set).

Where the input is no terminal its lines are done one after the other, and the first that cannot be ends it, with the exit
code that the command of that name would have. Ctrl-C and Ctrl-D end it, too.`;
const shellJson =
  'a line for each command, the same as the command of that name prints; of kill and its like {"processes":[…]}, of what is done to links {"done":…}, the action in the form of a run, of help {"commands":[…]}.';

/** `whitewater shell`: commands in the grammar of the playground, one a line. */
export const addShellCommand: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('shell').summary('talk to a cluster, a line at a time'))
    .description('Takes commands, one a line, and says what came of each.')
    .addHelpText('after', clusterHelp(shellJson, help))
    .action(async (flags: ConnectionFlags) => {
      exit(await asking(flags, terminal, (client) => runShell(client, flags, terminal)));
    });
};

async function runShell(client: HttpClient, flags: ConnectionFlags, terminal: Terminal): Promise<number> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  let known = await membersOfCluster(client);
  const history = isTerminal ? await readHistory() : [];
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal ? { output: process.stdout } : {}),
    prompt: 'whitewater> ',
    history: [...history].reverse(),
    historySize: MAX_HISTORY,
    completer: (line: string): [string[], string] => [completed(line, known), line],
  });
  if (isTerminal) {
    if (flags.json !== true) terminal.out(`${sentenceOf(known)} help tells what there is, exit ends.\n`);
    lines.prompt();
  }
  let code = EXIT_OK;
  let hand: Promise<ClusterHand> | undefined;
  const seen = { index: 0 };
  // What it takes to be connected to every node is loaded by who has to be.
  const reach = async (): Promise<ClusterHand> => {
    hand ??= import('./cluster-hand.ts').then(async ({ ClusterHand: Hand }) => Hand.reach(await accessOf(flags)));
    try {
      return await hand;
    } catch (error) {
      // The next line may find them.
      hand = undefined;
      throw error;
    }
  };
  for await (const line of lines) {
    const text = line.trim();
    if (text === 'exit' || text === 'quit') break;
    if (text !== '' && !text.startsWith('#')) {
      // While nobody can be asked, what was known before has to do.
      known = (await orUndefined(membersOfCluster(client))) ?? known;
      const done = await runShellLine(text, { client, flags, terminal, known, seen, hand: reach });
      if (isTerminal) {
        history.push(line);
        // At once: a terminal may be closed at any time.
        await writeHistory(history);
      } else if (done !== EXIT_OK) {
        code = done;
        break;
      }
    }
    lines.prompt();
  }
  lines.close();
  await hand?.then((one) => one.close()).catch(() => undefined);
  return code;
}

function sentenceOf({ members, leader }: MembersAnswer): string {
  return `${members.length} members; ${leader ?? 'nobody'} leads.`;
}

function completed(line: string, { members, leader }: MembersAnswer): string[] {
  const nodes = members.map(({ node }) => node);
  const offered = completions(line, nodes, { leader: leader ?? undefined }).map((one) => one.line);
  const words = ['status', 'exit'].filter((word) => line !== '' && word.startsWith(line));
  return [...offered.filter((one) => isForShell(one)), ...words];
}

function historyPath(): string {
  const state = process.env['XDG_STATE_HOME'] ?? '';
  return join(state === '' ? join(homedir(), '.local/state') : state, 'whitewater', 'shell-history');
}

async function readHistory(): Promise<string[]> {
  const text = await readFile(historyPath(), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-MAX_HISTORY);
}

/** A home that cannot be written to keeps no history, and that is all. */
async function writeHistory(lines: readonly string[]): Promise<void> {
  const path = historyPath();
  const text = lines
    .slice(-MAX_HISTORY)
    .map((line) => `${line}\n`)
    .join('');
  await mkdir(dirname(path), { recursive: true })
    .then(() => writeFile(path, text, { mode: 0o600 }))
    .catch(() => undefined);
}
