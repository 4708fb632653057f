import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ClerkDesk } from '../clerk/clerk-desk.ts';
import type { ServedNode } from './served-node.ts';

/** Seconds: from a read that is answered at once to a request at its deadline. */
const buckets = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** `GET /metrics`: what the node and its process do, for Prometheus. */
export function addMetrics(app: FastifyInstance, node: ServedNode, desk: ClerkDesk): void {
  const registry = new Registry();
  registry.setDefaultLabels({ node: node.id });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const seconds = new Histogram({
    name: 'whitewater_http_request_duration_seconds',
    help: 'How long requests took, by route, method and status.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets,
    registers,
  });
  const gauges: readonly (readonly [name: string, help: string, read: () => number])[] = [
    ['term', 'The term that the node is in.', () => node.status().term],
    ['is_leader', '1 where it leads.', () => Number(node.status().role === 'leader')],
    ['has_leader', '1 where it knows who leads.', () => Number(node.status().leader !== undefined)],
    ['commit_index', 'Up to which entry the log is known to be committed.', () => node.status().commitIndex],
    ['last_applied', 'The entry that was applied last.', () => node.status().lastApplied],
    ['last_index', 'The last entry of the log.', () => node.status().lastIndex],
    ['first_index', 'The first entry that the log still holds.', () => node.status().firstIndex],
    ['keys', 'How many keys the store holds.', () => node.status().keys],
    ['sessions', 'How many client sessions the store remembers.', () => node.status().sessions],
    ['elections', 'How often it stood for election since it started.', () => node.status().counts.elections],
    ['elections_won', 'How often it won one.', () => node.status().counts.electionsWon],
    ['disk_writes', 'Synced writes since it started.', () => node.status().counts.writes],
    ['messages_sent', 'Messages to other nodes since it started.', () => node.status().counts.messagesSent],
    ['messages_lost', 'Those of them that were lost on this side.', () => node.status().counts.messagesLost],
    ['waiting_requests', 'How many requests wait for the cluster.', () => desk.waitingCount],
  ];
  for (const [name, help, read] of gauges) {
    const gauge: Gauge = new Gauge({
      name: `whitewater_${name}`,
      help,
      registers,
      collect: (): void => gauge.set(read()),
    });
  }
  const connected: Gauge<'peer'> = new Gauge({
    name: 'whitewater_peer_connected',
    help: '1 where there is a connection to the peer.',
    labelNames: ['peer'] as const,
    registers,
    collect: (): void => {
      connected.reset();
      for (const peer of node.status().peers) connected.set({ peer: peer.id }, Number(peer.connected));
    },
  });
  app.addHook('onClose', () => registry.clear());
  app.addHook('onResponse', (request, reply, done) => {
    const { url = 'none' } = request.routeOptions;
    seconds.observe({ route: url, method: request.method, status: reply.statusCode }, reply.elapsedTime / 1_000);
    done();
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
