import * as v from 'valibot';
import type { NodeId } from '../../raft/entry.ts';
import type { HttpClient } from '../client/http-client.ts';
import { membersSchema, parsed, processesSchema } from './cluster-facts.ts';
import { answerTo, anyAnswerTo, CommandFault } from './connection.ts';
import { EXIT_NO } from '../exit-codes.ts';

/** A node that is to be a member. */
export interface Addition {
  readonly node: NodeId;
  readonly voter: boolean;
  /** Where it is to be found, for one that runs elsewhere and does not tell by itself. */
  readonly addresses?: readonly string[] | undefined;
}

/**
 * Has the leader add a node. Where the cluster is one of `whitewater cluster`, and nobody says that the node is elsewhere, its
 * process is started first if it does not run. Gives whether it was, whether anybody knows where the node is, and the members
 * as they are then.
 */
export async function addMember(
  client: HttpClient,
  { node, voter, addresses }: Addition,
): Promise<{ readonly wasStarted: boolean; readonly isPlaced: boolean; readonly members: unknown }> {
  const wasStarted = addresses === undefined && (await startSupervised(client, node));
  const address = addresses?.length === 1 ? addresses[0] : addresses;
  const body = JSON.stringify({ node, role: voter ? 'voter' : 'learner', address });
  try {
    const answer = await answerTo(client, { method: 'POST', path: '/members', body });
    const place = parsed(membersSchema, answer.body).members.find((one) => one.node === node);
    return { wasStarted, isPlaced: wasStarted || place?.address !== '', members: parsed(v.unknown(), answer.body) };
  } catch (error) {
    if (!wasStarted || !(error instanceof CommandFault) || error.code !== EXIT_NO) throw error;
    throw new CommandFault(`${node} was started, but is not added: ${error.message}`, EXIT_NO);
  }
}

/** Gives whether it did not run and does now; false where nobody supervises the processes. */
async function startSupervised(client: HttpClient, node: NodeId): Promise<boolean> {
  const answer = await anyAnswerTo(client, { method: 'GET', path: '/processes' });
  if (answer.status !== 200) return false;
  const { processes } = parsed(processesSchema, answer.body);
  const status = processes.find((one) => one.node === node)?.status;
  if (status === 'up' || status === 'paused') return false;
  const verb = status === undefined ? 'start' : 'revive';
  await answerTo(client, { method: 'POST', path: `/processes/${encodeURIComponent(node)}/${verb}` });
  return true;
}
