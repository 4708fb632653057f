import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../kv/command.ts';
import { supervisionVerbs } from '../supervisor/supervision.ts';
import { MAX_ADDRESSES } from '../transport/node-address.ts';
import { problemTypes, problemUri, type ProblemType } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const node = { type: 'string', pattern: '^n[1-9][0-9]{0,5}$' };

const keyParameter = {
  name: 'key',
  in: 'path',
  required: true,
  description: `The key, percent-encoded: 1 to ${MAX_KEY_BYTES} bytes of UTF-8.`,
  schema: text,
};
const nodeParameter = { name: 'node', in: 'path', required: true, schema: node };

function header(name: string, description: string, schema: Json): Json {
  return { name, in: 'header', description, schema };
}

const routeHeader = header(
  'Whitewater-Route',
  'redirect: be told where the leader is (307) instead of being forwarded.',
  {
    enum: ['forward', 'redirect'],
  },
);
const writeHeaders = [
  header('Whitewater-Client', 'With Whitewater-Sequence: whoever sends the same pair again has it done once.', text),
  header('Whitewater-Sequence', 'The number of this write in the client’s own count, from 1.', {
    type: 'integer',
    minimum: 1,
  }),
  header('Whitewater-First-Unanswered', 'The client asks for no number below this any more. Left out: this one.', {
    type: 'integer',
    minimum: 1,
  }),
  routeHeader,
];
const readHeaders = [
  header('Whitewater-Read', 'How the read is made sure of; left out: as the cluster has it, linearizable.', {
    enum: ['log', 'read-index', 'lease', 'follower', 'stale'],
  }),
  header('Whitewater-Not-Before', 'The answer is not older than this entry of the log.', {
    type: 'integer',
    minimum: 0,
  }),
  routeHeader,
];

function problems(types: readonly ProblemType[]): Json {
  const byStatus = new Map<number, string[]>();
  for (const type of types) {
    const { status, title } = problemTypes[type];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${problemUri(type)}: ${title}.`]);
  }
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return Object.fromEntries(
    [...byStatus].map(([status, sentences]) => [String(status), { description: sentences.join(' '), content }]),
  );
}

const always = ['bad-request', 'unauthorized', 'forbidden-origin', 'forbidden-host'] as const;
const ofWrites = [...always, 'refused', 'too-large', 'not-text', 'not-taken', 'fate-unknown'] as const;
const ofLeaders = [...always, 'not-taken', 'fate-unknown'] as const;

const value = { 'text/plain': { schema: { type: 'string', maxLength: MAX_VALUE_BYTES } } };
const json = (schema: Json): Json => ({ 'application/json': { schema } });
const object = { type: 'object' };

const indexHeader = {
  'Whitewater-Index': { description: 'The entry of the log that it stands at.', schema: { type: 'integer' } },
};
const redirected = { description: 'The leader is at Location.' };

function write(summary: string, extra: Json, types: readonly ProblemType[] = []): Json {
  return {
    summary,
    parameters: [keyParameter, ...writeHeaders],
    ...extra,
    responses: {
      '204': { description: 'It is done, and durable on a majority.', headers: indexHeader },
      '307': redirected,
      ...problems([...ofWrites, ...types]),
    },
  };
}

function plain(summary: string, content: Json, types: readonly ProblemType[] = always, more: Json = {}): Json {
  return { summary, ...more, responses: { '200': { description: summary, content }, ...problems(types) } };
}

function change(
  summary: string,
  schema: Json | undefined,
  parameters: readonly Json[],
  types: readonly ProblemType[],
): Json {
  return {
    summary,
    parameters: [...parameters, routeHeader],
    ...(schema === undefined ? {} : { requestBody: { required: true, content: json(schema) } }),
    responses: {
      '202': { description: 'The leader has begun it.', content: json(object) },
      '307': redirected,
      ...problems([...ofLeaders, ...types]),
    },
  };
}

function body(schema: Json, required: readonly string[]): Json {
  return { type: 'object', properties: schema, required, additionalProperties: false };
}

const role = { enum: ['voter', 'learner'] };

const paths: Json = {
  '/kv/{key}': {
    get: {
      summary: 'What the key holds',
      parameters: [keyParameter, ...readHeaders],
      responses: {
        '200': { description: 'The value.', content: value, headers: indexHeader },
        '307': redirected,
        ...problems([...always, 'no-such-key', 'too-large', 'not-taken', 'fate-unknown']),
      },
    },
    put: write('Sets the key', { requestBody: { content: value } }),
    delete: write('Deletes the key', {}),
  },
  '/kv/{key}/append': { post: write('Appends to what the key holds', { requestBody: { content: value } }) },
  '/kv/{key}/compare-and-set': {
    post: write(
      'Sets the key where it holds what is expected; null: where it is absent',
      {
        requestBody: {
          required: true,
          content: json(body({ expected: { type: ['string', 'null'] }, value: text }, ['expected', 'value'])),
        },
      },
      ['mismatch'],
    ),
  },
  '/status': { get: plain('What this node knows of itself and its peers', json(object)) },
  '/members': {
    get: plain('Who belongs to the cluster, as this node knows it', json(object)),
    post: change(
      'Adds a node as voter or learner',
      body({ node, role, address: { oneOf: [text, { type: 'array', items: text, maxItems: MAX_ADDRESSES }] } }, [
        'node',
      ]),
      [],
      ['membership-refused', 'no-such-member'],
    ),
    put: change(
      'Makes these nodes the voters, by way of a joint configuration where more than one changes',
      body({ voters: { type: 'array', items: node } }, ['voters']),
      [],
      ['membership-refused'],
    ),
  },
  '/members/{node}': {
    patch: change(
      'Promotes a learner or demotes a voter',
      body({ role }, ['role']),
      [nodeParameter],
      ['membership-refused', 'no-such-member'],
    ),
    delete: change('Removes a node', undefined, [nodeParameter], ['membership-refused', 'no-such-member']),
  },
  '/transfer': { post: change('Hands the lead over', body({ to: node }, ['to']), [], ['transfer-refused']) },
  '/snapshot': {
    post: plain('This node takes a snapshot of its store', json(object), [...always, 'snapshot-refused']),
  },
  '/log': {
    get: plain('Entries of this node’s log', json(object), always, {
      parameters: [
        { name: 'from', in: 'query', schema: { type: 'integer' } },
        { name: 'limit', in: 'query', schema: { type: 'integer' } },
      ],
    }),
  },
  '/events': {
    get: plain(
      'What this node does, as it happens: a line of JSON each, or server-sent events',
      { 'application/x-ndjson': { schema: object }, 'text/event-stream': { schema: text } },
      [...always, 'too-many-listeners'],
      {
        parameters: [
          { name: 'quiet', in: 'query', description: 'Without what an idle cluster does all the time.', schema: text },
          { name: 'recent', in: 'query', description: 'Begin with what it did lately.', schema: text },
          { name: 'end', in: 'query', description: 'End before what happens from now on.', schema: text },
          { name: 'words', in: 'query', description: 'Tell each event in words.', schema: text },
        ],
      },
    ),
  },
  '/processes': {
    get: plain('The processes of a cluster that whitewater cluster runs', json(object), [...always, 'no-supervisor']),
  },
  '/processes/{node}/{verb}': {
    post: plain(
      'Kills, revives, restarts, pauses or resumes a process, or starts one more',
      json(object),
      [...always, 'no-supervisor', 'supervisor-refused'],
      {
        parameters: [nodeParameter, { name: 'verb', in: 'path', required: true, schema: { enum: supervisionVerbs } }],
      },
    ),
  },
  '/health': { get: plain('Whether the process is alive', json(object), []) },
  '/ready': { get: plain('Whether the node knows of a leader', json(object), ['not-ready']) },
  '/metrics': { get: plain('Figures for Prometheus', { 'text/plain': { schema: text } }) },
  '/openapi.json': { get: plain('This description', json(object), []) },
};

/** The description of the API (OpenAPI 3.1). */
export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: { title: 'Whitewater', version, description: 'A replicated key-value store. Every node serves it.' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          properties: {
            type: { enum: Object.keys(problemTypes).map((type) => `urn:whitewater:problem:${type}`) },
            title: text,
            status: { type: 'integer' },
            detail: text,
            outcome: {
              enum: ['not-taken', 'unknown'],
              description: 'Of a request without an answer: it never will be done, or nobody knows.',
            },
          },
          required: ['type', 'title', 'status', 'detail'],
        },
      },
    },
  };
}
