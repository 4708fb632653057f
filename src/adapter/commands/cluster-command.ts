import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { AddCommand } from '../add-command.ts';
import { EXIT_OK, EXIT_UNUSABLE } from '../exit-codes.ts';
import { folderFault } from '../file-fault.ts';
import { helpText } from '../help-text.ts';
import type { Terminal } from '../terminal.ts';
import { refuse } from './answer.ts';
import { MAX_PORT } from '../config/host-port.ts';
import { ClusterFolder, MAX_LOCAL_NODES } from './cluster-folder.ts';
import { LocalCluster } from './local-cluster.ts';
import { untilTold } from './until-told.ts';
import { wholeNumber } from './whole-number.ts';

interface ClusterFlags {
  readonly nodes?: number;
  readonly port: number;
  readonly data?: string;
  readonly faults?: true;
  readonly json?: true;
  readonly electionTimeout?: { readonly min: number; readonly max: number };
}

const help = `
Node n1 listens at 127.0.0.1, one port above --port, n2 two above it, and so on. Each serves the HTTP API and the playground,
attached to the cluster: there nodes can be killed and revived and, with --faults, links be cut.

Without --data the data is in a temporary folder, which is removed in the end. With it, the same command goes on where it
ended, with the nodes that were added meanwhile and without those that were removed. whitewater member add starts a process
for the new node here, and so do add in whitewater shell and the playground.

With --json: a line as each of these happens, {"type":"listening","node":"n1","url":"…"}, {"type":"data","folder":"…",
"config":"…"}, {"type":"ready","leader":"n1"}, {"type":"ended","node":"n1","how":"SIGKILL"} where nobody had told it to; of
what cannot be done: {"error":…}.

Exit codes: 0 it was told to end (Ctrl-C; a second one ends it at once, with 130); 2 a folder or a port cannot be used.`;

/** `whitewater cluster`: a whole cluster on this machine, one process a node. */
export const addClusterCommand: AddCommand = (program, terminal, exit) => {
  program
    .command('cluster')
    .summary('run a whole cluster on this machine')
    .description('Runs a cluster on this machine, one process a node, until Ctrl-C.')
    .option('--nodes <count>', 'how many nodes a new cluster has (default: 3)', nodeCount)
    .option('--port <port>', 'n1 listens one port above it', portNumber, 4100)
    .option('--data <folder>', 'where the nodes keep their data (default: a temporary folder)')
    .option('--faults', 'let links be cut and made worse from outside')
    .option('--election-timeout <min-max>', 'election timeouts, milliseconds, such as 150-300', timeouts)
    .option('--json', 'print what happens as lines of JSON')
    .addHelpText('after', helpText(help))
    .action(async (flags: ClusterFlags) => {
      exit(await runCluster(flags, terminal));
    });
};

function nodeCount(text: string): number {
  const count = wholeNumber(text);
  if (count <= MAX_LOCAL_NODES) return count;
  throw new InvalidArgumentError(`It must be at most ${MAX_LOCAL_NODES}.`);
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port < MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be below ${MAX_PORT}.`);
}

function timeouts(text: string): { readonly min: number; readonly max: number } {
  const match = /^(\d{1,6})-(\d{1,6})$/.exec(text);
  const [min, max] = [Number(match?.[1]), Number(match?.[2])];
  if (min >= 1 && min <= max) return { min, max };
  throw new InvalidArgumentError('It must be two numbers with a hyphen between them, such as 150-300.');
}

async function runCluster(flags: ClusterFlags, terminal: Terminal): Promise<number> {
  const { told } = untilTold();
  const isTemporary = flags.data === undefined;
  const { port, faults = false, electionTimeout } = flags;
  let path: string;
  try {
    path = isTemporary ? await mkdtemp(join(tmpdir(), 'whitewater-')) : resolve(flags.data);
  } catch (error) {
    return refuse(terminal, flags, folderFault(tmpdir(), error), EXIT_UNUSABLE);
  }
  try {
    const opened = await ClusterFolder.open(path, flags.nodes, { port, faults, electionTimeout });
    if ('error' in opened) return refuse(terminal, flags, opened.error, EXIT_UNUSABLE);
    const cluster = new LocalCluster(opened.folder, flags, terminal);
    try {
      await cluster.start();
      cluster.announce(isTemporary);
      const over = new AbortController();
      void told.then(() => over.abort());
      await Promise.race([told, cluster.sayReady(over.signal)]);
      await told;
      if (flags.json !== true) terminal.note('Ending.\n');
      return EXIT_OK;
    } catch (error) {
      return refuse(terminal, flags, sentenceOfError(error), EXIT_UNUSABLE);
    } finally {
      await cluster.stop();
    }
  } finally {
    if (isTemporary) await rm(path, { recursive: true, force: true });
  }
}
