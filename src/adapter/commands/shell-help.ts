import { commandHelp, type CommandName } from '../../cluster/command-help.ts';
import { commandNamed } from '../../cluster/command-language.ts';

/** What of the language makes sense of real processes: they know no virtual time, and links and disks as they are. */
const forShell: ReadonlySet<CommandName> = new Set<CommandName>([
  'set',
  'get',
  'del',
  'append',
  'cas',
  'kill',
  'revive',
  'restart',
  'pause',
  'resume',
  'snapshot',
  'transfer',
  'add',
  'promote',
  'demote',
  'remove',
  'members',
  'help',
]);

/** Whether a line begins with a command that the shell can carry out. */
export function isForShell(line: string): boolean {
  const name = commandNamed(line.split(/\s/)[0] ?? '');
  return name !== undefined && forShell.has(name);
}

/** The commands of the shell, or one of them, as help tells them. */
export function shellHelp(topic: CommandName | undefined): string {
  const rows = commandHelp.filter(({ name }) => isForShell(name) && (topic === undefined || name === topic));
  if (rows.length === 0) return 'There is nothing more to say of it here.\n';
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  return rows.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}\n`).join('');
}
