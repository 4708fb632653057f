import { Option, type Command } from 'commander';
import type { AddCommand } from '../add-command.ts';
import type { HttpClient, HttpRequest } from '../client/http-client.ts';
import type { Terminal } from '../terminal.ts';
import { membersOfCluster } from './cluster-facts.ts';
import {
  answerTo,
  asking,
  connectionHelp,
  exitCodeHelp,
  memberPlaceText,
  withConnection,
  type ConnectionFlags,
} from './connection.ts';
import { tableText } from './status-command.ts';

interface AddFlags extends ConnectionFlags {
  readonly learner?: true;
  readonly address?: string;
}

/** `whitewater member add|remove|promote|demote|list`: who belongs to the cluster. */
export const addMemberCommand: AddCommand = (program, terminal, exit) => {
  const group = program
    .command('member')
    .summary('see and change who belongs to a cluster')
    .description('Tells and changes who belongs to a cluster. The leader carries it out, whichever node is asked.');
  const command = (usage: string, summary: string): Command =>
    withConnection(group.command(usage).summary(summary).description(`${summary}.`)).addHelpText(
      'after',
      `${connectionHelp}\n${exitCodeHelp}`,
    );
  const change = async (flags: ConnectionFlags, request: HttpRequest, sentence: string): Promise<void> => {
    exit(await asking(flags, terminal, (client) => sayBegun(client, flags, terminal, request, sentence)));
  };
  command('list', 'Tells who belongs to the cluster').action(async (flags: ConnectionFlags) => {
    exit(await asking(flags, terminal, (client) => list(client, flags, terminal)));
  });
  command('add <node>', 'Adds a node, which runs with serve --join')
    .option('--learner', 'it gets the log, but no vote')
    .addOption(
      new Option(
        '--address <addresses>',
        'where it is to be found, where it does not tell by itself; several with commas between them',
      ),
    )
    .action((node: string, flags: AddFlags) => {
      const { learner, address } = flags;
      const addresses = address?.split(',').map((one) => one.trim());
      const where = addresses?.length === 1 ? addresses[0] : addresses;
      const body = JSON.stringify({
        node,
        role: learner === true ? 'learner' : 'voter',
        ...(where && { address: where }),
      });
      return change(flags, { method: 'POST', path: '/members', body }, `${node} is being added.`);
    });
  command('remove <node>', 'Removes a node').action((node: string, flags: ConnectionFlags) =>
    change(flags, { method: 'DELETE', path: `/members/${encodeURIComponent(node)}` }, `${node} is being removed.`),
  );
  for (const [verb, role, what] of [
    ['promote', 'voter', 'a vote'],
    ['demote', 'learner', 'no vote any more'],
  ] as const) {
    command(`${verb} <node>`, `Gives a node ${what}`).action((node: string, flags: ConnectionFlags) =>
      change(
        flags,
        { method: 'PATCH', path: `/members/${encodeURIComponent(node)}`, body: JSON.stringify({ role }) },
        `${node} is being made a ${role}.`,
      ),
    );
  }
};

async function list(client: HttpClient, { json }: ConnectionFlags, terminal: Terminal): Promise<void> {
  const answer = await membersOfCluster(client);
  if (json === true) terminal.out(`${JSON.stringify(answer)}\n`);
  else {
    const rows = answer.members.map(({ node, role, ...place }) => [
      node,
      node === answer.leader ? `${role}, leader` : role,
      memberPlaceText(place),
    ]);
    terminal.out(tableText([['node', 'role', 'address'], ...rows]));
  }
}

async function sayBegun(
  client: HttpClient,
  { json }: ConnectionFlags,
  terminal: Terminal,
  request: HttpRequest,
  sentence: string,
): Promise<void> {
  const { body } = await answerTo(client, request);
  terminal.out(json === true ? `${body}\n` : `${sentence}\n`);
}
