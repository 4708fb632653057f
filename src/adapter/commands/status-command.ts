import type { AddCommand } from '../add-command.ts';
import type { HttpClient } from '../client/http-client.ts';
import type { Terminal } from '../terminal.ts';
import { membersOfCluster, statusOfNode, type MembersAnswer, type StatusAnswer } from './cluster-facts.ts';
import {
  asking,
  CommandFault,
  connect,
  clusterHelp,
  memberPlaceText,
  memberUrls,
  withConnection,
  type ConnectionFlags,
} from './connection.ts';
import { tell } from './answer.ts';

const statusJson =
  '{"term":3,"leader":"n1","nodes":[…]}, leader null where there is none; a node has "node" and "address", and what GET /status says of it, or "role":"unreachable".';

/** `whitewater status`: every member as it says of itself. */
export const addStatusCommand: AddCommand = (program, terminal, exit) => {
  withConnection(program.command('status').summary('tell how every node of a cluster is'))
    .description('Asks every member how it is. One that cannot be reached is told as such.')
    .addHelpText('after', clusterHelp(statusJson))
    .action(async (flags: ConnectionFlags) => {
      exit(await asking(flags, terminal, (client) => sayStatus(client, flags, terminal)));
    });
};

/** Asks every member, and says how they are. */
export async function sayStatus(client: HttpClient, flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const members = await membersOfCluster(client);
  const rows = await Promise.all(members.members.map((member) => statusAt(flags, member)));
  const { term, leader } = members;
  const nodes = rows.map(({ status, ...member }) => ({ ...member, ...(status ?? { role: 'unreachable' }) }));
  const table = [
    ['node', 'role', 'term', 'leader', 'log', 'committed', 'applied', 'keys', 'address'],
    ...rows.map(({ node, status, ...place }) =>
      status === undefined
        ? [node, 'unreachable', '', '', '', '', '', '', memberPlaceText(place)]
        : [
            node,
            status.role,
            String(status.term),
            status.leader ?? '-',
            `${status.firstIndex}..${status.lastIndex}`,
            String(status.commitIndex),
            String(status.lastApplied),
            String(status.keys),
            memberPlaceText(place),
          ],
    ),
  ];
  tell(terminal, flags, { term, leader, nodes }, tableText(table));
}

/** Rows in columns that line up. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

type Member = MembersAnswer['members'][number];

async function statusAt(
  flags: ConnectionFlags,
  { node, address, addresses }: Member,
): Promise<Omit<Member, 'role'> & { readonly status: StatusAnswer | undefined }> {
  let client: HttpClient | undefined;
  try {
    client = await connect(flags, memberUrls(flags, { address, addresses }));
    return { node, address, addresses, status: await statusOfNode(client) };
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return { node, address, addresses, status: undefined };
  } finally {
    client?.close();
  }
}
