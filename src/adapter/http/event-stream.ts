import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { TimelineEvent } from '../../timeline/event.ts';
import { isNoise } from '../../timeline/noise.ts';
import { Problem } from './problem.ts';
import type { ServedNode } from './served-node.ts';

/** The most who listen to one node at once. */
const MAX_LISTENERS = 32;

/** With so many bytes waiting for a listener, further events are left out, and it is told how many. */
const MAX_WAITING_BYTES = 4_194_304;

/** A connection without events is kept open by a line of its own, so often, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/**
 * `GET /events`: what the node does, as it happens, a line of JSON each; as server-sent events where the client accepts
 * them. `?recent` begins with what it did lately. `?quiet` leaves out what an idle cluster does all the time.
 */
export function addEventStream(app: FastifyInstance, node: ServedNode): void {
  const listeners = new Set<Listener>();
  app.get<{ Querystring: { readonly quiet?: string; readonly recent?: string } }>('/events', (request, reply) => {
    if (listeners.size >= MAX_LISTENERS) {
      throw new Problem('too-many-listeners', `There are ${MAX_LISTENERS} listeners already.`);
    }
    const isSse = request.headers.accept?.includes('text/event-stream') === true;
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, {
      'content-type': isSse ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
    });
    const listener = new Listener(raw, isSse, request.query.quiet !== undefined);
    const unsubscribe = node.subscribe((events) => listener.tell(events));
    if (request.query.recent !== undefined) listener.tell(node.recentEvents());
    listeners.add(listener);
    raw.on('close', () => {
      unsubscribe();
      listeners.delete(listener);
      listener.close();
    });
  });
  app.addHook('preClose', () => {
    for (const listener of listeners) listener.end();
  });
}

/** One who listens, with a bound on what waits for it. */
class Listener {
  readonly #response: ServerResponse;
  readonly #isSse: boolean;
  readonly #isQuiet: boolean;
  #dropped = 0;
  readonly #keepAlive: NodeJS.Timeout;

  constructor(response: ServerResponse, isSse: boolean, isQuiet: boolean) {
    this.#response = response;
    this.#isSse = isSse;
    this.#isQuiet = isQuiet;
    response.flushHeaders();
    this.#keepAlive = setInterval(() => response.write(isSse ? ':\n\n' : '\n'), KEEP_ALIVE_MS);
  }

  tell(events: readonly TimelineEvent[]): void {
    const wanted = this.#isQuiet ? events.filter(({ event }) => !isNoise(event, undefined)) : events;
    if (this.#response.writableLength > MAX_WAITING_BYTES) {
      this.#dropped += wanted.length;
      return;
    }
    const note = this.#dropped > 0 ? [{ dropped: this.#dropped }] : [];
    this.#dropped = 0;
    const lines = [...note, ...wanted].map((line) => this.#lineOf(line)).join('');
    if (lines !== '') this.#response.write(lines);
  }

  end(): void {
    this.#response.end();
  }

  close(): void {
    clearInterval(this.#keepAlive);
  }

  #lineOf(line: unknown): string {
    const json = JSON.stringify(line);
    return this.#isSse ? `data: ${json}\n\n` : `${json}\n`;
  }
}
