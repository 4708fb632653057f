import { commandHelp, type CommandName } from '../../cluster/command-help.ts';
import { readHelp } from '../../cluster/read-modes.ts';
import { commandNamed } from '../../cluster/command-language.ts';

/** What of the language makes sense of real processes: they know no virtual time, and their disks and clocks are as they are. */
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
  'leave',
  'timeout',
  'isolate',
  'cut',
  'heal',
  'split',
  'latency',
  'loss',
  'duplicate',
  'reorder',
  'replay',
  'help',
]);

/** Whether a line begins with a command that the shell can carry out. */
export function isForShell(line: string): boolean {
  const name = commandNamed(line.split(/\s/)[0] ?? '');
  return name !== undefined && forShell.has(name);
}

/** A command of the shell, or a word that one takes, and what it does. */
export interface ShellHelp {
  readonly usage: string;
  readonly summary: string;
}

/** The commands of the shell, or one of them with what it can say. */
export function shellHelp(topic: CommandName | undefined): readonly ShellHelp[] {
  const told = commandHelp.filter(({ name }) => isForShell(name) && (topic === undefined || name === topic));
  const rows = told.map(({ usage, summary }) => ({ usage, summary }));
  if (topic === undefined) return [...rows, ...ownCommands];
  return topic === 'get' ? [...rows, ...readHelp.map(([usage, summary]) => ({ usage, summary }))] : rows;
}

const ownCommands: readonly ShellHelp[] = [
  { usage: 'status', summary: 'tell how every node is' },
  { usage: 'exit', summary: 'end the shell' },
];

/** Rows of help for a person. */
export function shellHelpText(rows: readonly ShellHelp[]): string {
  if (rows.length === 0) return 'That command is one of the playground.\n';
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  return rows.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}\n`).join('');
}
