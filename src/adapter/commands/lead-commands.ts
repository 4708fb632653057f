import * as v from 'valibot';
import type { AddCommand } from '../add-command.ts';
import { answerTo, asking, clusterHelp, withConnection, type ConnectionFlags } from './connection.ts';
import { tell } from './answer.ts';
import { parsed } from './cluster-facts.ts';

/** `whitewater transfer` and `whitewater snapshot`. */
export const addLeadCommands: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('transfer <node>').summary('hand the lead over to a node'))
    .description('Has the leader bring a node up to date and hand the lead over to it.')
    .addHelpText('after', clusterHelp('{"to":"n2"}.'))
    .action(async (node: string, flags: ConnectionFlags) => {
      exit(
        await asking(flags, terminal, async (client) => {
          const body = JSON.stringify({ to: node });
          const answer = await answerTo(client, { method: 'POST', path: '/transfer', body });
          tell(terminal, flags, parsed(v.unknown(), answer.body), `The lead is being handed over to ${node}.\n`);
        }),
      );
    });
  withConnection(program.command('snapshot').summary('have a node take a snapshot and compact its log'))
    .description('Has the node at --url take a snapshot of its store and compact its log.')
    .addHelpText('after', clusterHelp('{"node":"n1","index":7}, the last entry that is in it.'))
    .action(async (flags: ConnectionFlags) => {
      exit(
        await asking(flags, terminal, async (client) => {
          const answer = await answerTo(client, { method: 'POST', path: '/snapshot' });
          const [node, index] = [client.fieldOf(answer, 'node'), client.fieldOf(answer, 'index')];
          const sentence = `${String(node)} has taken a snapshot up to entry ${String(index)}.`;
          tell(terminal, flags, parsed(v.unknown(), answer.body), `${sentence}\n`);
        }),
      );
    });
};
