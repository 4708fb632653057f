import type { AddCommand } from '../add-command.ts';
import { answerTo, asking, connectionHelp, exitCodeHelp, withConnection, type ConnectionFlags } from './connection.ts';

/** `whitewater transfer` and `whitewater snapshot`. */
export const addLeadCommands: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('transfer <node>').summary('hand the lead over to a node'))
    .description('Has the leader bring a node up to date and hand the lead over to it.')
    .addHelpText('after', `${connectionHelp}\n${exitCodeHelp}`)
    .action(async (node: string, flags: ConnectionFlags) => {
      exit(
        await asking(flags, terminal, async (client) => {
          const body = JSON.stringify({ to: node });
          const answer = await answerTo(client, { method: 'POST', path: '/transfer', body });
          terminal.out(flags.json === true ? `${answer.body}\n` : `The lead is being handed over to ${node}.\n`);
        }),
      );
    });
  withConnection(program.command('snapshot').summary('have a node take a snapshot and compact its log'))
    .description('Has the node at --url take a snapshot of its store and compact its log.')
    .addHelpText('after', `${connectionHelp}\n${exitCodeHelp}`)
    .action(async (flags: ConnectionFlags) => {
      exit(
        await asking(flags, terminal, async (client) => {
          const answer = await answerTo(client, { method: 'POST', path: '/snapshot' });
          const [node, index] = [client.fieldOf(answer, 'node'), client.fieldOf(answer, 'index')];
          const sentence = `${String(node)} has taken a snapshot up to entry ${String(index)}.`;
          terminal.out(flags.json === true ? `${answer.body}\n` : `${sentence}\n`);
        }),
      );
    });
};
