import { Command, CommanderError } from 'commander';
import type { AddCommand } from './add-command.ts';
import { addCheckCommand } from './check-command.ts';
import { addClusterCommand } from './commands/cluster-command.ts';
import { addKvCommands } from './commands/kv-commands.ts';
import { addLeadCommands } from './commands/lead-commands.ts';
import { addMemberCommand } from './commands/member-command.ts';
import { addStatusCommand } from './commands/status-command.ts';
import { addShellCommand } from './commands/shell-command.ts';
import { addDumpCommand } from './commands/dump-command.ts';
import { addWatchCommand } from './commands/watch-command.ts';
import { addMaelstromCommand } from './commands/maelstrom-command.ts';
import { addServeCommand } from './commands/serve-command.ts';
import { EXIT_OK, EXIT_UNUSABLE } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const commands: readonly AddCommand[] = [
  addClusterCommand,
  addServeCommand,
  addKvCommands,
  addStatusCommand,
  addMemberCommand,
  addLeadCommands,
  addWatchCommand,
  addDumpCommand,
  addShellCommand,
  addCheckCommand,
  addMaelstromCommand,
];

/** Runs the command line with these arguments. Gives the exit code; it throws only what nobody expected. */
export async function runCommandLine(args: readonly string[], version: string, terminal: Terminal): Promise<number> {
  let code = EXIT_OK;
  const program = new Command('whitewater')
    .description('A Raft cluster in your browser, and rough water to test it on')
    .version(version)
    .showHelpAfterError('(whitewater --help tells what there is)')
    .helpCommand('help [command]', 'tell more about a command')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.note });
  const exit = (chosen: number): void => {
    code = chosen;
  };
  for (const add of commands) add(program, terminal, exit, version);
  pointToHelp(program, program.name());
  const [first, topic] = args;
  // Of what there is not, help would tell everything else.
  const isUnknown = first === 'help' && topic !== undefined && program.commands.every((one) => one.name() !== topic);
  try {
    await program.parseAsync(isUnknown ? [topic] : args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end this way, too.
    return error.exitCode === 0 ? EXIT_OK : EXIT_UNUSABLE;
  }
}

/** Whoever mistypes a command is pointed to the help of that very command. */
function pointToHelp(group: Command, name: string): void {
  for (const command of group.commands) {
    const full = `${name} ${command.name()}`;
    command.copyInheritedSettings(group).showHelpAfterError(`(${full} --help tells more)`);
    pointToHelp(command, full);
  }
}
