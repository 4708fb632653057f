import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Operation } from '../../kv/command.ts';
import { checkOperation } from '../../kv/limits.ts';
import type { ClerkDesk } from '../clerk/clerk-desk.ts';
import { jsonOf, textOf } from './body.ts';
import { doneOf, type Done } from './fates.ts';
import { leaderElsewhere, redirect } from './leader-route.ts';
import { Problem } from './problem.ts';
import { wantedIn, type Wanted } from './request-headers.ts';
import type { ServedNode } from './served-node.ts';

interface Keyed {
  readonly Params: { readonly key: string };
}

const swapSchema = v.strictObject(
  {
    expected: v.nullable(v.string('must be a text or null')),
    value: v.string('must be a text'),
  },
  'must be an object',
);

/** The keys and their values. A key is one part of the path, percent-encoded; a value is a body, as it is. */
export function addKvRoutes(app: FastifyInstance, node: ServedNode, desk: ClerkDesk): void {
  const carryOut = async (
    request: FastifyRequest,
    reply: FastifyReply,
    operationOf: (wanted: Wanted) => Operation,
  ): Promise<Done | undefined> => {
    const wanted = wantedIn(request.headers);
    const operation = operationOf(wanted);
    const fault = checkOperation(operation);
    if (fault !== undefined) throw new Problem(operation.key === '' ? 'bad-request' : 'too-large', fault);
    if (wanted.redirect) {
      const leader = leaderElsewhere(node);
      if (leader !== undefined) {
        redirect(request, reply, node, leader);
        return undefined;
      }
    }
    const done = doneOf(await desk.submit(operation, operation.type === 'get' ? undefined : wanted.ownNumber));
    reply.header('whitewater-index', done.index);
    return done;
  };

  const write = async (request: FastifyRequest, reply: FastifyReply, operation: Operation): Promise<FastifyReply> => {
    const done = await carryOut(request, reply, () => operation);
    return done === undefined ? reply : reply.code(204).send();
  };

  app.get<Keyed>('/kv/:key', async (request, reply) => {
    const { key } = request.params;
    const done = await carryOut(request, reply, ({ mode, notBefore }) => ({
      type: 'get',
      key,
      notBefore,
      ...(mode && { mode }),
    }));
    if (done === undefined) return reply;
    reply.header('whitewater-via', done.via);
    if (done.value === undefined) throw new Problem('no-such-key', 'The key is absent.', { index: done.index });
    return reply.type('text/plain; charset=utf-8').send(done.value);
  });
  app.put<Keyed>('/kv/:key', (request, reply) =>
    write(request, reply, { type: 'set', key: request.params.key, value: textOf(request.body) }),
  );
  app.delete<Keyed>('/kv/:key', (request, reply) => write(request, reply, { type: 'delete', key: request.params.key }));
  app.post<Keyed>('/kv/:key/append', (request, reply) =>
    write(request, reply, { type: 'append', key: request.params.key, value: textOf(request.body) }),
  );
  app.post<Keyed>('/kv/:key/compare-and-set', (request, reply) => {
    const { expected, value } = jsonOf(request.body, swapSchema);
    const { key } = request.params;
    return write(request, reply, { type: 'compare-and-set', key, expected: expected ?? undefined, value });
  });
}
