import { request as httpRequest, type Agent } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasReachedNobody } from '../client/never-connected.ts';
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

  async handOn(request: FastifyRequest, reply: FastifyReply, address: string): Promise<FastifyReply> {
    if (request.headers[HANDED_ON] !== undefined) {
      throw new Problem('not-taken', 'Neither this node nor the one that handed the request on leads now.', {
        outcome: 'not-taken',
      });
    }
    const answer = await this.#ask(request, address);
    return reply.code(answer.status).type(answer.type).send(answer.body);
  }

  #ask({ method, url, headers, body }: FastifyRequest, address: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { authorization, 'content-type': contentType } = headers;
      const passed = {
        [HANDED_ON]: '1',
        ...(authorization === undefined ? {} : { authorization }),
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
      };
      const fail = (error: Error): void => {
        if (hasReachedNobody(error)) {
          const sentence = `The leader cannot be reached: ${error.message}.`;
          return reject(new Problem('not-taken', sentence, { outcome: 'not-taken' }));
        }
        // It may have begun: nobody knows.
        reject(new Problem('fate-unknown', `The leader gave no answer: ${error.message}.`, { outcome: 'unknown' }));
      };
      const options: { readonly agent?: Agent } & Record<string, unknown> = {
        method,
        headers: passed,
        timeout: PATIENCE_MS,
        ...this.#tls,
      };
      const scheme = this.#tls === undefined ? 'http' : 'https';
      const send = this.#tls === undefined ? httpRequest : httpsRequest;
      const sent = send(`${scheme}://${address}${url}`, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error('its answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 502,
            type: response.headers['content-type'] ?? 'application/json',
            body: Buffer.concat(chunks),
          }),
        );
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
      sent.on('error', fail);
      sent.end(body instanceof Uint8Array ? body : undefined);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}
