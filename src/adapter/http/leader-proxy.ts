import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpClient, NoAnswerError } from '../client/http-client.ts';
import type { TlsTexts } from '../config/tls-texts.ts';
import { Problem } from './problem.ts';

/** Marks a request that was handed on once, so that none goes in a circle. */
const HANDED_ON = 'whitewater-handed-on';

/** How long the leader may take, milliseconds. */
const PATIENCE_MS = 5_000;

/** The most bytes of an answer that is handed back. */
const MAX_ANSWER_BYTES = 1_048_576;

/** Hands requests on to the leader, as who asked has sent them. What it hands on is small and rare: no keys and values. */
export class LeaderProxy {
  readonly #tls: TlsTexts | undefined;

  constructor(tls: TlsTexts | undefined) {
    this.#tls = tls;
  }

  /** `addresses`: the leader's, `host:port` each. Where one cannot be reached at all, the next is tried. */
  async handOn(request: FastifyRequest, reply: FastifyReply, addresses: readonly string[]): Promise<FastifyReply> {
    const { method, url, headers, body } = request;
    if (headers[HANDED_ON] !== undefined) {
      throw new Problem('not-taken', 'Neither this node nor the one that handed the request on leads now.', {
        outcome: 'not-taken',
      });
    }
    const { authorization, 'content-type': contentType } = headers;
    const passed = {
      [HANDED_ON]: '1',
      ...(authorization === undefined ? {} : { authorization }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    };
    const client = this.#clientOf(addresses);
    try {
      const answer = await client.send({
        method,
        path: url,
        headers: passed,
        ...(Buffer.isBuffer(body) ? { body } : {}),
      });
      const type = answer.headers['content-type'] ?? 'application/json';
      return await reply.code(answer.status).type(type).send(answer.body);
    } catch (error) {
      if (error instanceof NoAnswerError) throw problemOf(error);
      throw error;
    } finally {
      client.close();
    }
  }

  #clientOf(addresses: readonly string[]): HttpClient {
    const scheme = this.#tls === undefined ? 'http' : 'https';
    return new HttpClient({
      urls: addresses.map((address) => `${scheme}://${address}`),
      tls: this.#tls,
      timeoutMs: PATIENCE_MS,
      keepAlive: false,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  }
}

/** What reached nobody was not begun; of what did, nobody knows. */
function problemOf({ message, isDefinite }: NoAnswerError): Problem {
  if (isDefinite) return new Problem('not-taken', `The leader cannot be reached: ${message}`, { outcome: 'not-taken' });
  return new Problem('fate-unknown', `The leader gave no answer: ${message}`, { outcome: 'unknown' });
}
