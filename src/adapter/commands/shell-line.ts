import * as v from 'valibot';
import type { Command } from '../../cluster/command.ts';
import { parseCommandLine } from '../../cluster/command-language.ts';
import { ClusterError } from '../../cluster/cluster-control.ts';
import type { Operation } from '../../kv/command.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { MembershipChange } from '../../raft/membership-change.ts';
import type { Action } from '../../timeline/action.ts';
import { describeAction } from '../../timeline/describe-action.ts';
import type { HttpClient, HttpRequest } from '../client/http-client.ts';
import { EXIT_NO, EXIT_OK, EXIT_UNUSABLE } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { addMember } from './add-member.ts';
import { refuse, tell } from './answer.ts';
import { parsed, type MembersAnswer } from './cluster-facts.ts';
import type { ClusterHand } from './cluster-hand.ts';
import { answerTo, CommandFault, connect, memberUrls, type ConnectionFlags } from './connection.ts';
import { pathOf, readKey, writeKey } from './kv-commands.ts';
import { shellHelp, shellHelpText } from './shell-help.ts';
import { sayStatus } from './status-command.ts';

/** What a line of the shell has to do with. */
export interface ShellContext {
  readonly client: HttpClient;
  readonly flags: ConnectionFlags;
  readonly terminal: Terminal;
  readonly known: MembersAnswer;
  /** The highest entry that an answer told of: what `not-before seen` stands for. */
  readonly seen: { index: number };
  /** Connects to every node, the first time that it is needed. Rejects with a ClusterError. */
  readonly hand: () => Promise<ClusterHand>;
}

/** Does what a line says, and says what came of it. Gives the exit code of a command that ends so. */
export async function runShellLine(text: string, context: ShellContext): Promise<number> {
  const { terminal, known, client, flags } = context;
  try {
    if (text === 'status') {
      await sayStatus(client, flags, terminal);
      return EXIT_OK;
    }
    const read = parseCommandLine(text, knownNodes(known), known.leader ?? undefined);
    if ('error' in read) throw new CommandFault(read.error, EXIT_UNUSABLE);
    return await runCommand(read.command, context);
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    return refuse(terminal, flags, error.message, error.code);
  }
}

function knownNodes({ members }: MembersAnswer): readonly string[] {
  return members.map(({ node }) => node);
}

async function runCommand(command: Command, context: ShellContext): Promise<number> {
  const { terminal, flags } = context;
  switch (command.type) {
    case 'operation':
      return runOperation(command.operation, context);
    case 'action':
      return runAction(command.action, context);
    case 'transfer': {
      const request = { method: 'POST', path: '/transfer', body: JSON.stringify({ to: command.to }) };
      return order(context, request, `The lead is being handed over to ${command.to}.`);
    }
    case 'add-node': {
      const { node = nextNode(context.known), voter } = command;
      const { wasStarted, members } = await addMember(context.client, { node, voter });
      const role = voter ? 'voter' : 'learner';
      const sentence = wasStarted ? `${node} was started, and is being added` : `${node} is being added`;
      tell(terminal, flags, members, `${sentence} as a ${role}.\n`);
      return EXIT_OK;
    }
    case 'membership': {
      const { change } = command;
      const request = requestOf(change);
      if (request !== undefined) return order(context, request, 'The leader has begun the change.');
      const { leader } = context.known;
      if (leader === null) throw new CommandFault('Nobody leads, and only a leader can do that.', EXIT_NO);
      return runByHand({ type: 'change-membership', from: leader, change }, context);
    }
    case 'help': {
      const rows = shellHelp(command.topic);
      tell(terminal, flags, { commands: rows }, shellHelpText(rows));
      return EXIT_OK;
    }
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

/** Has a node do something, and tells what it answers: as it is with `--json`, otherwise as that sentence. */
async function order(
  { client, terminal, flags }: ShellContext,
  request: HttpRequest,
  sentence: string,
): Promise<number> {
  const { body } = await answerTo(client, request);
  tell(terminal, flags, parsed(v.unknown(), body), `${sentence}\n`);
  return EXIT_OK;
}

function notHere(): CommandFault {
  return new CommandFault('That can be done in the playground only: real time takes no orders here.', EXIT_UNUSABLE);
}

/** A read may name its way, its node, and how old its answer may be. */
async function runRead(
  { key, mode, node, notBefore: bound }: Extract<Operation, { readonly type: 'get' }>,
  context: ShellContext,
): Promise<number> {
  const { client, terminal, flags, seen } = context;
  const notBefore = bound === 'seen' ? seen.index : bound;
  const asked = node === undefined ? client : await connectTo(node, context);
  const how = {
    ...(flags.json && { json: flags.json }),
    ...(mode !== undefined && { via: mode }),
    ...(notBefore !== undefined && { notBefore }),
    onIndex: noting(seen),
  };
  return readKey(asked, terminal, key, how).finally(() => {
    if (asked !== client) asked.close();
  });
}

/** A client that asks that member alone. */
function connectTo(node: NodeId, { flags, known }: ShellContext): Promise<HttpClient> {
  const place = known.members.find((member) => member.node === node) ?? { address: '' };
  return connect(flags, memberUrls(flags, place));
}

function noting(seen: ShellContext['seen']): (index: number) => void {
  return (index) => {
    seen.index = Math.max(seen.index, index);
  };
}

async function runOperation(operation: Operation, context: ShellContext): Promise<number> {
  const { client, terminal, flags, seen } = context;
  const path = pathOf(operation.key);
  const write = (request: HttpRequest): Promise<number> =>
    writeKey(client, terminal, { ...flags, onIndex: noting(seen) }, request);
  switch (operation.type) {
    case 'get':
      return runRead(operation, context);
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

async function runAction(action: Action, context: ShellContext): Promise<number> {
  switch (action.type) {
    case 'snapshot': {
      const client = await connectTo(action.node, context);
      const request = { method: 'POST', path: '/snapshot' };
      const sentence = `${action.node} has taken a snapshot.`;
      return order({ ...context, client }, request, sentence).finally(() => client.close());
    }
    case 'kill':
    case 'revive':
    case 'restart':
    case 'pause':
    case 'resume': {
      const { node, type } = action;
      return order(context, { method: 'POST', path: `/processes/${node}/${type}` }, `Done: ${type} ${node}.`);
    }
    case 'request':
      throw notHere();
    default:
      return runByHand(action, context);
  }
}

/** What the HTTP API has no route for is done as the playground does it. */
async function runByHand(
  action: Exclude<Action, { readonly type: 'request' }>,
  { hand, terminal, flags }: ShellContext,
): Promise<number> {
  try {
    await (await hand()).act(action);
  } catch (error) {
    if (error instanceof ClusterError) throw new CommandFault(error.message, EXIT_NO);
    throw error;
  }
  tell(terminal, flags, { done: action }, `Done: ${describeAction(action)}.\n`);
  return EXIT_OK;
}

/** Undefined where the HTTP API has no route for it. */
function requestOf(change: MembershipChange): HttpRequest | undefined {
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
      if (!change.leavesByItself) return undefined;
      return { method: 'PUT', path: '/members', body: JSON.stringify({ voters: change.voters }) };
    case 'leave-joint':
      return undefined;
  }
}

function nextNode({ members }: MembersAnswer): string {
  return `n${Math.max(0, ...members.map(({ node }) => Number(node.slice(1)))) + 1}`;
}
