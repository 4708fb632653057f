import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fastify, LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { ClerkDesk } from '../clerk/clerk-desk.ts';
import { localDesk } from '../clerk/local-desk.ts';
import type { ClusterConfig } from '../config/cluster-config.ts';
import type { TlsTexts } from '../config/tls-texts.ts';
import type { Supervision } from '../supervisor/supervision.ts';
import { pageFault } from './caller.ts';
import { addClusterRoutes } from './cluster-routes.ts';
import { ConnectionGate } from './connection-gate.ts';
import { openDoors, socketSettings, type Doors } from './doors.ts';
import { addEventStream } from './event-stream.ts';
import { addKvRoutes } from './kv-routes.ts';
import { LeaderProxy } from './leader-proxy.ts';
import { addGuards, problemOf } from './guards.ts';
import { refuseMalformed, refuseRequest, refuseUpgrade } from './raw-problem.ts';
import { addMetrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import type { ServePage } from './page.ts';
import { Problem, sendProblem } from './problem.ts';
import { addSupervisionRoutes } from './supervision-routes.ts';
import type { ServedNode } from './served-node.ts';

/** Takes over a connection that asks for another protocol. It is to check who calls by itself. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface ApiServerOptions {
  readonly node: ServedNode;
  readonly config: ClusterConfig;
  readonly tls: TlsTexts | undefined;
  /** What the description of the API calls its version. */
  readonly version: string;
  /** Gets no keys, no values and no tokens. */
  readonly logger: FastifyBaseLogger;
  readonly supervision: Supervision | undefined;
  readonly servePage: ServePage | undefined;
  /** By path, such as /peer. */
  readonly upgrades: Readonly<Record<string, TakeUpgrade>>;
}

/** What a node serves, on all of its addresses: the HTTP API, the playground's files, and the WebSockets of peers, clients and playgrounds. */
export class ApiServer {
  readonly #app: FastifyInstance;
  readonly #desk: ClerkDesk;
  readonly #doors: Doors;

  /** What it answers to, such as `GET /kv/:key`. */
  readonly routes: readonly string[];

  private constructor(app: FastifyInstance, desk: ClerkDesk, routes: readonly string[], doors: Doors) {
    this.#app = app;
    this.#desk = desk;
    this.routes = routes;
    this.#doors = doors;
  }

  /** Listens at all places that the configuration names. Rejects where that is not possible. */
  static async listen(options: ApiServerOptions): Promise<ApiServer> {
    const { node, config } = options;
    const desk = localDesk(node, config);
    const app = createApp(options);
    const routes: string[] = [];
    app.addHook('onRoute', ({ method, url }) => {
      routes.push(...[method].flat().map((one) => `${one} ${url}`));
    });
    addGuards(app, config, options.servePage);
    addKvRoutes(app, node, desk);
    addClusterRoutes(app, node, new LeaderProxy(options.tls));
    addEventStream(app, node);
    addSupervisionRoutes(app, options.supervision);
    addMetrics(app, node, desk);
    app.get('/openapi.json', () => openApi(options.version));
    const place = config.nodes.get(node.id);
    if (place === undefined) throw new RangeError(`The configuration has no address for ${node.id}.`);
    const [first, ...others] = place.listens;
    await app.listen(first);
    const doors = await openDoors(app.server, others).catch(async (error: unknown) => {
      await app.close();
      throw error;
    });
    return new ApiServer(app, desk, routes, doors);
  }

  /** Where it listens: the first of its places. */
  get address(): AddressInfo {
    const address = this.#app.server.address();
    if (address === null || typeof address === 'string') throw new Error('The server is not listening.');
    return address;
  }

  /** Takes no more requests, lets those under way come to their end, and frees the port. */
  async close(): Promise<void> {
    this.#desk.close();
    this.#doors.close();
    await this.#app.close();
  }
}

function createApp(options: ApiServerOptions): FastifyInstance {
  const { tls, logger } = options;
  const { requestMs, bodyBytes, connections } = options.config.limits;
  const gate = new ConnectionGate(connections);
  const settings = {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: 1_000,
    ...socketSettings,
  };
  const verified = { requestCert: true, rejectUnauthorized: false };
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytes,
    // A key of the largest size, each byte of it percent-encoded; what is longer is refused with a sentence.
    routerOptions: { maxParamLength: 16_384 },
    forceCloseConnections: true,
    requestIdHeader: false,
    serverFactory: (handler): Server => {
      const gated = (request: IncomingMessage, response: ServerResponse): void => {
        if (gate.take(request, response)) handler(request, response);
        else refuseRequest(response, crowded(connections));
      };
      const server =
        tls === undefined
          ? createServer(settings, gated)
          : createSecureServer({ ...settings, ...tls, ...verified, handshakeTimeout: requestMs }, gated);
      gate.watch(server);
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (gate.takeUpgrade(request, pathOf(request))) takeUpgrade(request, socket, head, options);
        else refuseUpgrade(socket, crowded(connections));
      });
      return server;
    },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply, problemOf(error));
    },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return app;
}

function pathOf({ url }: IncomingMessage): string {
  return url?.split('?')[0] ?? '';
}

function crowded(connections: number): Problem {
  return new Problem('not-taken', `All of the ${connections} connections that this node takes are busy.`, {
    outcome: 'not-taken',
  });
}

/** A page's origin is looked at here; who calls is for each to check, for browsers can put no token into a header. */
function takeUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { upgrades, config }: ApiServerOptions,
): void {
  const path = pathOf(request);
  const take = Object.hasOwn(upgrades, path) ? upgrades[path] : undefined;
  const fault =
    pageFault(request, config) ??
    (take === undefined ? new Problem('no-such-route', 'No WebSocket is served at this path.') : undefined);
  if (fault === undefined) take?.(request, socket, head);
  else refuseUpgrade(socket, fault);
}
