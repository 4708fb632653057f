import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callerFault, pageFault, type CallerRules } from './caller.ts';
import { Problem, problemTypes, sendProblem } from './problem.ts';
import type { ServePage } from './page.ts';

/** Paths that tell nothing worth a token. */
const openPaths: ReadonlySet<string> = new Set(['/health', '/ready', '/openapi.json']);

/** Who may call is looked at before anything else is, and whatever goes wrong ends in a problem. */
export function addGuards(app: FastifyInstance, rules: CallerRules, servePage: ServePage | undefined): void {
  app.addHook('onRequest', async (request, reply) => {
    const fault = pageFault(request.raw, rules);
    if (fault !== undefined) throw fault;
    allowOrigin(request, reply);
    // A browser asks beforehand, without a token, whether it may ask at all.
    if (request.method === 'OPTIONS' || request.is404) return;
    const denied = openPaths.has(request.routeOptions.url ?? '') ? undefined : callerFault(request.raw, rules);
    if (denied !== undefined) throw denied;
  });
  app.options('/*', (_request, reply) => reply.code(204).send());
  app.setNotFoundHandler((request, reply) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && servePage?.(request.raw, reply.raw) === true) {
      reply.hijack();
      return;
    }
    const path = request.url.split('?')[0] ?? '';
    return sendProblem(reply, new Problem('no-such-route', `There is no ${request.method} ${path.slice(0, 200)}.`));
  });
  app.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    const problem = error instanceof Problem ? error : problemOf(error);
    if (problem.type === 'internal') {
      request.log.error({ err: error, route: request.routeOptions.url }, 'A request failed.');
    }
    if (problem.type === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="whitewater"');
    return sendProblem(reply, problem);
  });
}

/** Lets the browser hand the answer to the page; pages that may not call have been turned away before. */
function allowOrigin({ headers, method }: FastifyRequest, reply: FastifyReply): void {
  const { origin } = headers;
  if (origin === undefined) return;
  reply.header('access-control-allow-origin', origin).header('vary', 'origin');
  reply.header('access-control-expose-headers', 'whitewater-index, whitewater-via, whitewater-leader');
  if (method !== 'OPTIONS') return;
  reply.header('access-control-allow-methods', 'GET, HEAD, PUT, POST, PATCH, DELETE');
  reply.header('access-control-allow-headers', headers['access-control-request-headers'] ?? 'authorization');
  reply.header('access-control-max-age', 600);
}

/** What the framework found wrong with a request. */
export function problemOf({ statusCode = 500, code }: Pick<FastifyError, 'statusCode' | 'code'>): Problem {
  if (statusCode === problemTypes['too-large'].status) {
    return new Problem('too-large', 'The body is longer than the server takes; nothing was changed.');
  }
  if (statusCode >= 400 && statusCode < 500) {
    return new Problem('bad-request', `The request cannot be understood (${code}); nothing was changed.`);
  }
  return new Problem('internal', 'The server has a fault; its log says more.');
}
