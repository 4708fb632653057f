import { Option, type Command } from 'commander';
import * as v from 'valibot';
import type { AddCommand } from '../add-command.ts';
import type { HttpClient, HttpRequest } from '../client/http-client.ts';
import type { Terminal } from '../terminal.ts';
import { addMember } from './add-member.ts';
import { tell } from './answer.ts';
import { membersOfCluster, parsed } from './cluster-facts.ts';
import { answerTo, asking, clusterHelp, memberPlaceText, withConnection, type ConnectionFlags } from './connection.ts';
import { tableText } from './status-command.ts';

interface AddFlags extends ConnectionFlags {
  readonly learner?: true;
  readonly address?: string;
}

const membersJson =
  '{"term":3,"leader":"n1","members":[{"node":"n1","role":"voter","address":"…"}],…}, the members as of now; a role is voter, learner or leaving.';
const addHelp = `
Where whitewater cluster supervises the processes, one for the node is started first if it does not run. Elsewhere, start
it with whitewater serve --join before; the others learn from it where it is to be found. A voter counts at once, whatever
it lacks: add it with --learner and promote it later where the others cannot do without it so long.`;
const removeHelp = '\nIt is not told, and its process goes on; stop it once it is removed.';

/** `whitewater member add|remove|promote|demote|list`: who belongs to the cluster. */
export const addMemberCommand: AddCommand = (program, terminal, exit) => {
  const group = program
    .command('member')
    .summary('see and change who belongs to a cluster')
    .description('Tells and changes who belongs to a cluster. The leader carries it out, whichever node is asked.');
  const command = (usage: string, summary: string, json = membersJson, own = ''): Command =>
    withConnection(group.command(usage).summary(summary).description(`${summary}.`)).addHelpText(
      'after',
      clusterHelp(json, own),
    );
  const change = async (flags: ConnectionFlags, request: HttpRequest, sentence: string): Promise<void> => {
    exit(
      await asking(flags, terminal, async (client) => {
        const { body } = await answerTo(client, request);
        tell(terminal, flags, parsed(v.unknown(), body), `${sentence}\n`);
      }),
    );
  };
  command('list', 'Tells who belongs to the cluster').action(async (flags: ConnectionFlags) => {
    exit(await asking(flags, terminal, (client) => list(client, flags, terminal)));
  });
  command('add <node>', 'Adds a node', membersJson, addHelp)
    .option('--learner', 'it gets the log, but no vote')
    .addOption(
      new Option(
        '--address <addresses>',
        'where it is to be found, where it does not tell by itself; several with commas between them',
      ),
    )
    .action(async (node: string, flags: AddFlags) => {
      const { learner, address } = flags;
      const addresses = address?.split(',').map((one) => one.trim());
      exit(
        await asking(flags, terminal, async (client) => {
          const { wasStarted, isPlaced, members } = await addMember(client, {
            node,
            voter: learner !== true,
            addresses,
          });
          const sentence = wasStarted ? `${node} was started, and is being added.` : `${node} is being added.`;
          tell(terminal, flags, members, `${sentence}\n`);
          if (!isPlaced) terminal.note(`Nobody knows yet where ${node} is: start it with whitewater serve --join.\n`);
        }),
      );
    });
  command('remove <node>', 'Removes a node', membersJson, removeHelp).action((node: string, flags: ConnectionFlags) =>
    change(flags, { method: 'DELETE', path: `/members/${encodeURIComponent(node)}` }, `${node} is being removed.`),
  );
  for (const [verb, role, what] of [
    ['promote', 'voter', 'Gives a learner a vote'],
    ['demote', 'learner', 'Makes a voter a learner'],
  ] as const) {
    command(`${verb} <node>`, what).action((node: string, flags: ConnectionFlags) =>
      change(
        flags,
        { method: 'PATCH', path: `/members/${encodeURIComponent(node)}`, body: JSON.stringify({ role }) },
        `${node} is being made a ${role}.`,
      ),
    );
  }
};

async function list(client: HttpClient, flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const answer = await membersOfCluster(client);
  const rows = answer.members.map(({ node, role, ...place }) => [
    node,
    node === answer.leader ? `${role}, leader` : role,
    memberPlaceText(place),
  ]);
  tell(terminal, flags, answer, tableText([['node', 'role', 'address'], ...rows]));
}
