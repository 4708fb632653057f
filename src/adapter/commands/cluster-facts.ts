import * as v from 'valibot';
import type { HttpClient } from '../client/http-client.ts';
import { EXIT_UNAVAILABLE } from '../exit-codes.ts';
import { answerTo, CommandFault } from './connection.ts';

const count = v.number();
const name = v.string();

/** What a node answers that is asked who belongs to the cluster, or told to change that. */
export const membersSchema = v.object({
  term: count,
  leader: v.nullable(name),
  // Nodes of an earlier version tell of one address only.
  members: v.array(v.object({ node: name, role: name, address: name, addresses: v.optional(v.array(name)) })),
});

const statusSchema = v.object({
  id: name,
  role: name,
  term: count,
  leader: v.optional(name),
  votedFor: v.optional(name),
  commitIndex: count,
  lastApplied: count,
  firstIndex: count,
  lastIndex: count,
  keys: count,
  peers: v.array(
    v.object({ id: name, connected: v.boolean(), matchIndex: v.optional(count), roundTripMs: v.optional(count) }),
  ),
});

/** What becomes of the processes that somebody supervises. */
export const processesSchema = v.object({
  processes: v.array(v.object({ node: name, status: v.picklist(['up', 'paused', 'down']), pid: v.optional(count) })),
});

export type MembersAnswer = v.InferOutput<typeof membersSchema>;
export type StatusAnswer = v.InferOutput<typeof statusSchema>;

/** Who belongs to the cluster, as the node that is asked knows it. */
export async function membersOfCluster(client: HttpClient): Promise<MembersAnswer> {
  return parsed(membersSchema, (await answerTo(client, { method: 'GET', path: '/members' })).body);
}

/** What was asked for; undefined where no node answers as one should now. */
export async function orUndefined<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CommandFault) return undefined;
    throw error;
  }
}

export async function statusOfNode(client: HttpClient): Promise<StatusAnswer> {
  return parsed(statusSchema, (await answerTo(client, { method: 'GET', path: '/status' })).body);
}

/** An answer as what it should be. Throws a CommandFault where it is something else: then no node answers at that address. */
export function parsed<Output>(schema: v.GenericSchema<unknown, Output>, body: string): Output {
  try {
    return v.parse(schema, JSON.parse(body));
  } catch {
    throw new CommandFault('What answers there is no node of this version.', EXIT_UNAVAILABLE);
  }
}
