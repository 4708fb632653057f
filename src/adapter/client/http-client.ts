import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { TlsTexts } from '../config/tls-texts.ts';
import { hasReachedNobody } from './never-connected.ts';

export interface HttpClientOptions {
  /** Addresses of nodes, such as http://127.0.0.1:4101; at least one. They are tried in turn. */
  readonly urls: readonly string[];
  readonly token?: string | undefined;
  /** Whom to believe, and with what to show oneself. */
  readonly tls?: Partial<TlsTexts> | undefined;
  /** How long an answer may take, milliseconds. Left out: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Whether connections are kept. Left out: yes. */
  readonly keepAlive?: boolean | undefined;
  /** The most bytes of an answer. Left out: 1 GiB. */
  readonly maxAnswerBytes?: number | undefined;
}

/** How long a connection may take to be made, milliseconds; then nobody is there, and the next may be asked. */
const CONNECT_MS = 2_000;
const MAX_ANSWER_BYTES = 2 ** 30;

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** No answer came. `isDefinite`: the request has reached nobody, so it was not and will not be done. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly isDefinite: boolean;

  constructor(message: string, isDefinite: boolean) {
    super(message);
    this.isDefinite = isDefinite;
  }
}

/** A client of the HTTP API. Where a node cannot be reached at all it turns to the next; what may have been taken it never sends twice. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  #first = 0;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const { keepAlive = true } = options;
    this.#agents = { http: new HttpAgent({ keepAlive }), https: new HttpsAgent({ keepAlive, ...options.tls }) };
  }

  /** The address that answered last; at first, the first one. */
  get url(): string {
    return this.#options.urls[this.#first] ?? '';
  }

  /** The answer of the first node that can be reached, whatever its status. Rejects with a {@link NoAnswerError}. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    const { urls } = this.#options;
    let last: unknown;
    for (let tried = 0; tried < urls.length; tried++) {
      const url = urls[(this.#first + tried) % urls.length] ?? '';
      try {
        const answer = await this.#sendTo(url, request);
        this.#first = (this.#first + tried) % urls.length;
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswerError) || !error.isDefinite) throw error;
        last = error;
      }
    }
    throw last instanceof Error ? last : new NoAnswerError('There is no address to ask.', true);
  }

  /**
   * Hears the lines of an answer that goes on, of the node at that address. `ended` settles when it ends, and rejects with a
   * {@link NoAnswerError} where it never begins, or with what `onLine` throws, which ends it.
   */
  follow(url: string, path: string, onLine: (line: string) => void): { readonly ended: Promise<void>; stop(): void } {
    const { isSecure, send } = schemeOf(url);
    const agent = isSecure ? this.#agents.https : this.#agents.http;
    const sent = send(`${url.replace(/\/$/, '')}${path}`, { headers: this.#authorization, agent });
    watchConnecting(sent, isSecure, CONNECT_MS);
    const ended = new Promise<void>((resolve, reject) => {
      const fail = (error: Error & { readonly code?: string }): void => {
        reject(new NoAnswerError(`${url} gives no answer (${error.code ?? error.message}).`, true));
      };
      sent.on('error', fail);
      sent.on('response', (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          fail(new Error(`status ${response.statusCode ?? 0}`));
          return;
        }
        let rest = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop() ?? '';
          try {
            for (const line of lines) if (line !== '') onLine(line);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
            sent.destroy();
          }
        });
        response.on('error', () => resolve());
        response.on('close', () => resolve());
      });
      sent.end();
    });
    return { ended, stop: () => sent.destroy() };
  }

  get #authorization(): Readonly<Record<string, string>> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** Whether it shows a token with what it asks. */
  get hasToken(): boolean {
    return this.#options.token !== undefined;
  }

  /** A field of an answer that is a JSON object; undefined where there is none. */
  fieldOf({ body }: HttpAnswer, name: string): unknown {
    const value = jsonIn(body);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    return Object.getOwnPropertyDescriptor(value, name)?.value;
  }

  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  #sendTo(base: string, { method, path, headers, body }: HttpRequest): Promise<HttpAnswer> {
    const { timeoutMs = 10_000, maxAnswerBytes = MAX_ANSWER_BYTES } = this.#options;
    const { isSecure, send } = schemeOf(base);
    const sentHeaders = {
      ...headers,
      ...this.#authorization,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers: sentHeaders, agent: isSecure ? this.#agents.https : this.#agents.http };
      const sent = send(`${base.replace(/\/$/, '')}${path}`, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) response.destroy(new Error('its answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        });
      });
      const fail = (error: Error & { readonly code?: string }): void => {
        clearTimeout(timer);
        const isDefinite = !hasConnected() || hasReachedNobody(error);
        reject(new NoAnswerError(`${base} gives no answer (${error.code ?? error.message}).`, isDefinite));
      };
      const timer = setTimeout(() => sent.destroy(new Error(`none within ${timeoutMs} ms`)), timeoutMs);
      const hasConnected = watchConnecting(sent, isSecure, Math.min(CONNECT_MS, timeoutMs));
      sent.on('error', fail);
      sent.end(body);
    });
  }
}

/** Gives a request up whose connection does not come about in time. Gives how to ask whether it has. */
function watchConnecting(sent: ClientRequest, isSecure: boolean, patienceMs: number): () => boolean {
  let hasConnected = false;
  const timer = setTimeout(() => sent.destroy(new Error(`none within ${patienceMs} ms`)), patienceMs);
  const connected = (): void => {
    hasConnected = true;
    clearTimeout(timer);
  };
  sent.on('socket', (socket) => {
    // One that was kept is connected already.
    if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', connected);
    else connected();
  });
  sent.on('close', () => clearTimeout(timer));
  return () => hasConnected;
}

function schemeOf(url: string): { readonly isSecure: boolean; readonly send: typeof httpRequest } {
  const isSecure = url.startsWith('https:');
  return { isSecure, send: isSecure ? httpsRequest : httpRequest };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
