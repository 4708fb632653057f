import type { Command } from '../../cluster/command.ts';
import { parseCommandLine } from '../../cluster/command-language.ts';
import type { Operation } from '../../kv/command.ts';
import type { MembershipChange } from '../../raft/membership-change.ts';
import type { Action } from '../../timeline/action.ts';
import type { HttpClient, HttpRequest } from '../client/http-client.ts';
import { EXIT_OK } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import type { MembersAnswer } from './cluster-facts.ts';
import { answerTo, CommandFault, connect, memberUrls, type ConnectionFlags } from './connection.ts';
import { pathOf, readKey, writeKey } from './kv-commands.ts';
import { shellHelp } from './shell-help.ts';
import { sayStatus } from './status-command.ts';

/** What a line of the shell has to do with. */
export interface ShellContext {
  readonly client: HttpClient;
  readonly flags: ConnectionFlags;
  readonly terminal: Terminal;
  readonly known: MembersAnswer;
}

/** Does what a line says, and says what came of it. Gives whether it could be done. */
export async function runShellLine(text: string, context: ShellContext): Promise<boolean> {
  const { terminal, known, client, flags } = context;
  try {
    if (text === 'status') {
      await sayStatus(client, flags, terminal);
      return true;
    }
    const parsed = parseCommandLine(text, knownNodes(known), known.leader ?? undefined);
    if ('error' in parsed) throw new CommandFault(parsed.error, EXIT_OK);
    return (await runCommand(parsed.command, context)) === EXIT_OK;
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    terminal.note(`${error.message}\n`);
    return false;
  }
}

function knownNodes({ members }: MembersAnswer): readonly string[] {
  return members.map(({ node }) => node);
}

async function runCommand(command: Command, context: ShellContext): Promise<number> {
  const { client, terminal } = context;
  switch (command.type) {
    case 'operation':
      return runOperation(command.operation, context);
    case 'action':
      return runAction(command.action, context);
    case 'transfer':
      await answerTo(client, { method: 'POST', path: '/transfer', body: JSON.stringify({ to: command.to }) });
      return say(`The lead is being handed over to ${command.to}.`, terminal);
    case 'add-node': {
      const node = command.node ?? nextNode(context.known);
      await answerTo(client, { method: 'POST', path: `/processes/${node}/start` });
      const role = command.voter ? 'voter' : 'learner';
      await answerTo(client, { method: 'POST', path: '/members', body: JSON.stringify({ node, role }) });
      return say(`${node} was started, and is being added as a ${role}.`, terminal);
    }
    case 'membership':
      await answerTo(client, requestOf(command.change));
      return say('The leader has begun the change.', terminal);
    case 'help':
      terminal.out(shellHelp(command.topic));
      return EXIT_OK;
    case 'play':
    case 'pause':
    case 'step':
    case 'speed':
    case 'undo':
    case 'hunt':
    case 'attach':
    case 'detach':
    case 'reset':
      throw notHere();
  }
}

function say(sentence: string, terminal: Terminal): number {
  terminal.out(`${sentence}\n`);
  return EXIT_OK;
}

function notHere(): CommandFault {
  return new CommandFault(
    'That can be done in the playground only: real time and real links take no orders here.',
    EXIT_OK,
  );
}

async function runOperation(operation: Operation, { client, terminal, flags }: ShellContext): Promise<number> {
  const path = pathOf(operation.key);
  const write = (request: HttpRequest): Promise<number> => writeKey(client, terminal, flags, request);
  switch (operation.type) {
    case 'get':
      return readKey(client, terminal, operation.key, { ...flags, ...(operation.mode && { via: operation.mode }) });
    case 'set':
      return write({ method: 'PUT', path, body: operation.value });
    case 'delete':
      return write({ method: 'DELETE', path });
    case 'append':
      return write({ method: 'POST', path: `${path}/append`, body: operation.value });
    case 'compare-and-set': {
      const { expected = null, value } = operation;
      return write({ method: 'POST', path: `${path}/compare-and-set`, body: JSON.stringify({ expected, value }) });
    }
  }
}

async function runAction(action: Action, { client, terminal, flags, known }: ShellContext): Promise<number> {
  switch (action.type) {
    case 'snapshot': {
      const place = known.members.find(({ node }) => node === action.node) ?? { address: '' };
      const own = await connect(flags, memberUrls(flags, place));
      await answerTo(own, { method: 'POST', path: '/snapshot' }).finally(() => own.close());
      return say(`${action.node} has taken a snapshot.`, terminal);
    }
    case 'kill':
    case 'revive':
    case 'restart':
    case 'pause':
    case 'resume': {
      const { node, type } = action;
      await answerTo(client, { method: 'POST', path: `/processes/${node}/${type}` });
      return say(`Done: ${type} ${node}.`, terminal);
    }
    default:
      throw notHere();
  }
}

function requestOf(change: MembershipChange): HttpRequest {
  switch (change.type) {
    case 'add-learner':
    case 'add-voter': {
      const role = change.type === 'add-voter' ? 'voter' : 'learner';
      return { method: 'POST', path: '/members', body: JSON.stringify({ node: change.node, role }) };
    }
    case 'promote':
    case 'demote': {
      const role = change.type === 'promote' ? 'voter' : 'learner';
      return { method: 'PATCH', path: `/members/${change.node}`, body: JSON.stringify({ role }) };
    }
    case 'remove':
      return { method: 'DELETE', path: `/members/${change.node}` };
    case 'set-voters':
      return { method: 'PUT', path: '/members', body: JSON.stringify({ voters: change.voters }) };
    case 'leave-joint':
      throw notHere();
  }
}

function nextNode({ members }: MembersAnswer): string {
  return `n${Math.max(0, ...members.map(({ node }) => Number(node.slice(1)))) + 1}`;
}
