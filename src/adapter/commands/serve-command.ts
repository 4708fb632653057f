import { environmentVariables } from '../config/environment.ts';
import { Option } from 'commander';
import type { AddCommand } from '../add-command.ts';
import type { ServeFlags } from '../serve/serve.ts';
import { helpText } from '../help-text.ts';

const variables = Object.entries(environmentVariables)
  .map(([name, meaning]) => `  ${name.padEnd(22)} ${meaning}`)
  .join('\n');

const help = `
The configuration is a YAML file, the same for all nodes of a cluster; docs/cluster-yml.md tells all that can stand in it:
  nodes:
    n1: 10.0.0.1:4101
    n2: 10.0.0.2:4101
    n3: 10.0.0.3:4101
  data: /var/lib/whitewater
What the environment sets goes before the file:
${variables}
  WHITEWATER_LOG_LEVEL   what goes into the log on the standard error: error, warn, info (the default), debug or silent

A node that listens beyond this machine needs a token or TLS. Ctrl-C hands the lead over and ends it in order.

With --json: {"type":"listening","node":"n1","url":"…","urls":[…]} once it listens; of what cannot be done: {"error":…}.

Exit codes: 0 it was told to end; 2 the configuration, the folder or the port cannot be used; 4 it stopped by itself,
since its disk failed or its own state was impossible: what to do is the last line of its log.`;

/** `whitewater serve`: one node of a cluster, in this process. */
export const addServeCommand: AddCommand = (program, terminal, exit, version) => {
  program
    .command('serve')
    .summary('run one node of a cluster')
    .description('Runs one node: its part of the protocol, its disk, the HTTP API and the playground, on one port.')
    .requiredOption('--config <file>', 'the cluster’s configuration')
    .requiredOption('--id <node>', 'which of its nodes this is, such as n1')
    .option('--join', 'it belongs to no cluster until a member adds it')
    .addOption(new Option('--supervised', 'whitewater cluster speaks to it').hideHelp())
    .option('--json', 'print where it listens as one line of JSON')
    .addHelpText('after', helpText(help))
    .action(async (flags: ServeFlags) => {
      // What a server needs is loaded by who is to be one.
      const { serve } = await import('../serve/serve.ts');
      exit(await serve(flags, version, terminal));
    });
};
