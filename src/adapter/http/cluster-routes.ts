import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Entry, NodeId } from '../../raft/entry.ts';
import type { MembershipChange, MembershipRefusal } from '../../raft/membership-change.ts';
import { commandBytes } from '../../kv/command-size.ts';
import { membersOf } from '../../raft/configuration.ts';
import { refusalSentence } from '../../timeline/describe-membership.ts';
import { snapshotRefused, transferRefused } from '../node/refusal-words.ts';
import { hostPortText } from '../config/host-port.ts';
import { placesSchema } from '../config/places-schema.ts';
import { jsonOf } from './body.ts';
import type { LeaderProxy } from './leader-proxy.ts';
import { leaderElsewhere, noLeader, redirect } from './leader-route.ts';
import { namedNode } from './named-node.ts';
import { Problem } from './problem.ts';
import { wantedIn } from './request-headers.ts';
import type { ServedNode } from './served-node.ts';

/** The most entries of its log that a node gives out at once. */
const MAX_ENTRIES_AT_ONCE = 1_000;
/** And the most bytes of it, about; one entry always fits. */
const MAX_ENTRY_BYTES_AT_ONCE = 8_388_608;

const node = v.pipe(v.string('must be a text'), v.regex(/^n[1-9]\d{0,5}$/, 'must be a node such as n1'));
const role = v.picklist(['voter', 'learner'], 'must be voter or learner');

const additionSchema = v.strictObject(
  { node, role: v.optional(role, 'voter'), address: v.exactOptional(placesSchema) },
  'must be an object',
);
const roleSchema = v.strictObject({ role }, 'must be an object');
const votersSchema = v.strictObject({ voters: v.array(node, 'must be a list') }, 'must be an object');
const transferSchema = v.strictObject({ to: node }, 'must be an object');

interface Named {
  readonly Params: { readonly node: string };
}

/** What a node says of itself and its cluster, and what changes the cluster. */
export function addClusterRoutes(app: FastifyInstance, served: ServedNode, proxy: LeaderProxy): void {
  app.get('/status', () => served.status());
  app.get('/members', () => membersOfCluster(served));
  app.get('/health', () => ({ status: 'alive', node: served.id }));
  app.get('/ready', () => {
    const { leader, role: ownRole } = served.status();
    if (leader === undefined) throw new Problem('not-ready', `${served.id} knows of no leader.`);
    return { status: 'ready', node: served.id, role: ownRole, leader };
  });
  app.get<{ Querystring: { readonly from?: string; readonly limit?: string } }>('/log', ({ query }) => {
    const from = countIn(query.from, served.status().firstIndex);
    const limit = Math.min(countIn(query.limit, MAX_ENTRIES_AT_ONCE), MAX_ENTRIES_AT_ONCE);
    const { log } = served.core;
    const first = Math.max(from, log.base.index + 1);
    return { entries: fitting(log.slice(first, Math.min(first + limit - 1, log.lastIndex))) };
  });

  /** Does it here where this node leads; otherwise the leader is asked, or named. */
  const onLeader = async (
    request: FastifyRequest,
    reply: FastifyReply,
    begin: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    if (served.status().role === 'leader') return begin();
    const leader = leaderElsewhere(served);
    if (leader === undefined) throw noLeader(served);
    return wantedIn(request.headers).redirect
      ? redirect(request, reply, served, leader)
      : proxy.handOn(request, reply, leader.addresses);
  };
  const change = (request: FastifyRequest, reply: FastifyReply, wanted: MembershipChange): Promise<FastifyReply> =>
    onLeader(request, reply, async () => {
      const order = await served.changeMembership(wanted);
      if (order.type === 'refused') throw membershipFault(order.reason, wanted, served.id);
      return reply.code(202).send(membersOfCluster(served));
    });

  app.post('/members', (request, reply) => {
    const { node: added, role: wanted, address: where } = jsonOf(request.body, additionSchema);
    if (where !== undefined) served.setAddresses(added, where.map(hostPortText));
    return change(request, reply, { type: wanted === 'voter' ? 'add-voter' : 'add-learner', node: added });
  });
  app.put('/members', (request, reply) => {
    const { voters } = jsonOf(request.body, votersSchema);
    return change(request, reply, { type: 'set-voters', voters: [...new Set(voters)], leavesByItself: true });
  });
  app.patch<Named>('/members/:node', (request, reply) => {
    const { role: wanted } = jsonOf(request.body, roleSchema);
    const type = wanted === 'voter' ? 'promote' : 'demote';
    return change(request, reply, { type, node: namedNode(request.params.node) });
  });
  app.delete<Named>('/members/:node', (request, reply) =>
    change(request, reply, { type: 'remove', node: namedNode(request.params.node) }),
  );
  app.post('/transfer', (request, reply) =>
    onLeader(request, reply, async () => {
      const { to } = jsonOf(request.body, transferSchema);
      const order = await served.transfer(to);
      if (order.type === 'refused') {
        const { reason } = order;
        throw new Problem('transfer-refused', transferRefused(reason, served.id, to), { reason });
      }
      return reply.code(202).send({ to });
    }),
  );
  app.post('/snapshot', async () => {
    const taken = await served.takeSnapshot();
    if (taken.type === 'taken') return { node: served.id, index: taken.index };
    const { reason } = taken;
    throw new Problem('snapshot-refused', snapshotRefused(reason, served.id), { reason });
  });
}

/** As many of them as go out at once. */
function fitting(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0;
  const over = entries.findIndex((entry, at) => {
    bytes += entry.type === 'command' ? commandBytes(entry.command) : 0;
    return at > 0 && bytes > MAX_ENTRY_BYTES_AT_ONCE;
  });
  return over < 0 ? entries : entries.slice(0, over);
}

function membersOfCluster(served: ServedNode): Readonly<Record<string, unknown>> {
  const { configuration, leader, term } = served.status();
  const addresses = new Map(served.peers().map((peer) => [peer.id, peer.addresses]));
  const members = membersOf(configuration).map((id) => ({
    node: id,
    role: configuration.voters.includes(id) ? 'voter' : configuration.learners.includes(id) ? 'learner' : 'leaving',
    address: addresses.get(id)?.[0] ?? '',
    addresses: addresses.get(id) ?? [],
  }));
  return { term, leader: leader ?? null, members, configuration };
}

function membershipFault(reason: MembershipRefusal, change: MembershipChange, leader: NodeId): Problem {
  const sentence = refusalSentence(reason, change, leader);
  if (reason === 'no-such-member') return new Problem('no-such-member', sentence);
  return new Problem('membership-refused', sentence, { reason });
}

function countIn(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Problem('bad-request', 'from and limit must be whole numbers.');
}
