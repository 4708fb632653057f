import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { TimelineEvent } from '../../timeline/event.ts';
import { describe } from '../../timeline/describe.ts';
import { isNoise } from '../../timeline/noise.ts';
import { Problem } from './problem.ts';
import type { ServedNode } from './served-node.ts';

/** The most who listen to one node at once. */
const MAX_LISTENERS = 32;

/** With so many bytes waiting for a listener, further events are left out, and it is told how many. */
const MAX_WAITING_BYTES = 4_194_304;

/** The most bytes of what happened lately: an event may have a value of 64 KiB in it, or two. */
const MAX_RECENT_BYTES = 2 * MAX_WAITING_BYTES;

/** A connection without events is kept open by a line of its own, so often, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;

interface Query {
  readonly quiet?: string;
  readonly recent?: string;
  readonly words?: string;
  readonly end?: string;
}

/**
 * `GET /events`: what the node does, as it happens, a line of JSON each; as server-sent events where the client accepts
 * them. `?recent` begins with what it did lately, `?end` ends there, `?quiet` leaves out what an idle cluster does all the
 * time, and `?words` tells each event in words.
 */
export function addEventStream(app: FastifyInstance, node: ServedNode): void {
  const listeners = new Set<Listener>();
  // Without a HEAD of its own: it would listen as long as its connection lasts, and hear nothing.
  app.get<{ Querystring: Query }>('/events', { exposeHeadRoute: false }, ({ query, headers }, reply) => {
    if (listeners.size >= MAX_LISTENERS) {
      throw new Problem('too-many-listeners', `There are ${MAX_LISTENERS} listeners already.`);
    }
    const isSse = headers.accept?.includes('text/event-stream') === true;
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, {
      'content-type': isSse ? 'text/event-stream; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
    });
    const listener = new Listener(raw, {
      isSse,
      isQuiet: query.quiet !== undefined,
      inWords: query.words !== undefined,
    });
    if (query.recent !== undefined) listener.begin(node.recentEvents());
    const unsubscribe = node.subscribe((events) => listener.tell(events));
    listeners.add(listener);
    raw.on('close', () => {
      unsubscribe();
      listeners.delete(listener);
      listener.close();
    });
    if (query.end !== undefined) listener.end();
  });
  app.addHook('preClose', () => {
    for (const listener of listeners) listener.end();
  });
}

/** How a listener is told. */
interface Manner {
  readonly isSse: boolean;
  readonly isQuiet: boolean;
  readonly inWords: boolean;
}

/** One who listens, with a bound on what waits for it. */
class Listener {
  readonly #response: ServerResponse;
  readonly #manner: Manner;
  #dropped = 0;
  readonly #keepAlive: NodeJS.Timeout;

  constructor(response: ServerResponse, manner: Manner) {
    this.#response = response;
    this.#manner = manner;
    response.flushHeaders();
    this.#keepAlive = setInterval(() => response.write(manner.isSse ? ':\n\n' : '\n'), KEEP_ALIVE_MS);
  }

  /** Begins with what happened lately; of more than {@link MAX_RECENT_BYTES} with the latest. */
  begin(events: readonly TimelineEvent[]): void {
    const lines: string[] = [];
    const wanted = events.filter((event) => this.#isWanted(event));
    let room = MAX_RECENT_BYTES;
    for (const event of wanted.reverse()) {
      const line = this.#lineOf(this.#told(event));
      room -= line.length;
      if (room < 0) break;
      lines.push(line);
    }
    this.#dropped = wanted.length - lines.length;
    if (this.#dropped > 0) lines.push(this.#note());
    if (lines.length > 0) this.#response.write(lines.reverse().join(''));
  }

  tell(events: readonly TimelineEvent[]): void {
    if (this.#response.writableEnded) return;
    const lines: string[] = [];
    let room = MAX_WAITING_BYTES - this.#response.writableLength;
    for (const event of events) {
      if (!this.#isWanted(event)) continue;
      if (room < 0) {
        this.#dropped += 1;
        continue;
      }
      if (this.#dropped > 0) lines.push(this.#note());
      const line = this.#lineOf(this.#told(event));
      room -= line.length;
      lines.push(line);
    }
    if (lines.length > 0) this.#response.write(lines.join(''));
  }

  /** Nothing is written after that, however long the listener takes over what waits for it. */
  end(): void {
    this.close();
    this.#response.end();
  }

  close(): void {
    clearInterval(this.#keepAlive);
  }

  #isWanted({ event }: TimelineEvent): boolean {
    return !this.#manner.isQuiet || !isNoise(event, undefined);
  }

  #told(event: TimelineEvent): unknown {
    return this.#manner.inWords ? wordsOf(event) : event;
  }

  /** How many were left out since that was last said. */
  #note(): string {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return this.#lineOf({ dropped });
  }

  #lineOf(line: unknown): string {
    const json = JSON.stringify(line);
    return this.#manner.isSse ? `data: ${json}\n\n` : `${json}\n`;
  }
}

function wordsOf(event: TimelineEvent): Readonly<Record<string, unknown>> {
  const { text, why, section, kind } = describe(event);
  return { atUs: event.atUs, node: event.actor, type: event.event.type, kind, text, why, section };
}
