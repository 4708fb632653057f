import type { FastifyReply } from 'fastify';

/** What can go wrong, by the last part of the `type` of a problem (RFC 9457). These names stay as they are. */
export const problemTypes = {
  'bad-request': { status: 400, title: 'The request cannot be understood' },
  unauthorized: { status: 401, title: 'A token is needed' },
  'forbidden-origin': { status: 403, title: 'Pages of this origin may not use the cluster' },
  'forbidden-host': { status: 403, title: 'The server does not go by this name' },
  'no-such-key': { status: 404, title: 'The key is absent' },
  'no-such-route': { status: 404, title: 'There is nothing at this path' },
  'no-supervisor': { status: 404, title: 'Nobody supervises the processes of this cluster' },
  'no-such-member': { status: 404, title: 'The node is no member' },
  'too-slow': { status: 408, title: 'The request did not come in time' },
  refused: { status: 409, title: 'The store refused the operation; nothing was changed' },
  'membership-refused': { status: 409, title: 'The membership stays as it is' },
  'transfer-refused': { status: 409, title: 'The lead is not handed over' },
  'snapshot-refused': { status: 409, title: 'No snapshot is taken' },
  'supervisor-refused': { status: 409, title: 'The supervisor does not do it' },
  mismatch: { status: 412, title: 'The key holds something else; nothing was written' },
  'too-large': { status: 413, title: 'The request is over a limit' },
  'not-text': { status: 415, title: 'The value is not text in UTF-8' },
  'headers-too-large': { status: 431, title: 'The headers of the request are too long' },
  internal: { status: 500, title: 'The server has a fault' },
  'not-taken': { status: 503, title: 'No node took the request: it was not and never will be done' },
  'not-ready': { status: 503, title: 'The node knows of no leader' },
  'too-many-listeners': { status: 503, title: 'As many listeners as there may be are listening' },
  'fate-unknown': { status: 504, title: 'No answer in time: it may have been done, and may still be' },
} as const;

export type ProblemType = keyof typeof problemTypes;

/** Something that a client is told as application/problem+json. `detail` is one sentence. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly type: ProblemType;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(type: ProblemType, detail: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.type = type;
    this.fields = fields;
  }

  get status(): number {
    return problemTypes[this.type].status;
  }

  /** The body of the answer. */
  get body(): Readonly<Record<string, unknown>> {
    const { title, status } = problemTypes[this.type];
    return { type: problemUri(this.type), title, status, detail: this.message, ...this.fields };
  }
}

export function problemUri(type: ProblemType): string {
  return `urn:whitewater:problem:${type}`;
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem.body));
}
