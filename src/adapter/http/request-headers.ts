import type { IncomingHttpHeaders } from 'node:http';
import * as v from 'valibot';
import type { OwnNumber } from '../../kv/clerk-request.ts';
import type { ClientReadMode } from '../../kv/command.ts';
import { fits, MAX_CLIENT_BYTES } from '../../kv/limits.ts';
import { faultOf } from '../../timeline/schema-fault.ts';
import { Problem } from './problem.ts';

const modes = ['log', 'read-index', 'lease', 'follower', 'stale'] as const;

const whole = (least: number) => {
  const message = `must be a whole number from ${least} on`;
  return v.pipe(v.string(message), v.regex(/^\d{1,15}$/, message), v.transform(Number), v.minValue(least, message));
};

const headersSchema = v.object({
  'whitewater-read': v.exactOptional(v.picklist(modes, `must be ${modes.join(', ')}`)),
  'whitewater-not-before': v.exactOptional(whole(0)),
  'whitewater-client': v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[\x21-\x7e]+$/, 'must have printable ASCII characters only, and no space'),
      v.check((name) => fits(name, MAX_CLIENT_BYTES), `must have at most ${MAX_CLIENT_BYTES} bytes`),
    ),
  ),
  'whitewater-sequence': v.exactOptional(whole(1)),
  'whitewater-first-unanswered': v.exactOptional(whole(1)),
  'whitewater-route': v.exactOptional(v.picklist(['forward', 'redirect'], 'must be forward or redirect')),
});

/** What the headers of a request say about how it is to be carried out. */
export interface Wanted {
  /** Left out: as the cluster has it. */
  readonly mode: ClientReadMode | undefined;
  readonly notBefore: number;
  /** A write that may be sent again, here or to another node, and is done once. */
  readonly ownNumber: OwnNumber | undefined;
  /** Whether the client would rather be told where the leader is. */
  readonly redirect: boolean;
}

const nothing: Wanted = { mode: undefined, notBefore: 0, ownNumber: undefined, redirect: false };

/** Throws a Problem where a header makes no sense. */
export function wantedIn(headers: IncomingHttpHeaders): Wanted {
  // Most requests say nothing of it, and a schema takes its time.
  if (!Object.keys(headers).some((name) => name.startsWith('whitewater-'))) return nothing;
  const parsed = v.safeParse(headersSchema, headers, { abortEarly: true });
  if (!parsed.success) throw new Problem('bad-request', `The header ${faultOf(parsed.issues, 'list')}`);
  const { output } = parsed;
  return {
    mode: output['whitewater-read'],
    notBefore: output['whitewater-not-before'] ?? 0,
    ownNumber: ownNumberIn(output),
    redirect: output['whitewater-route'] === 'redirect',
  };
}

function ownNumberIn(headers: v.InferOutput<typeof headersSchema>): OwnNumber | undefined {
  const client = headers['whitewater-client'];
  const sequence = headers['whitewater-sequence'];
  if (client === undefined && sequence === undefined) return undefined;
  if (client === undefined || sequence === undefined) {
    throw new Problem(
      'bad-request',
      'The headers Whitewater-Client and Whitewater-Sequence come together or not at all.',
    );
  }
  const firstUnanswered = headers['whitewater-first-unanswered'] ?? sequence;
  if (firstUnanswered <= sequence) return { client, sequence, firstUnanswered };
  throw new Problem('bad-request', 'The header Whitewater-First-Unanswered must not be above Whitewater-Sequence.');
}
