import * as v from 'valibot';
import type { LinkMessage } from '../../timeline/event.ts';
import { asLinkMessage } from '../../host/link-message.ts';

/** The longest line that is read, in characters; a longer one is left unread. */
export const MAX_LINE_LENGTH = 4_194_304;

/** One message of Maelstrom's network: a line of JSON. */
export interface MaelstromLine {
  readonly src: string;
  readonly dest: string;
  readonly body: MaelstromBody;
}

/** What it says. Fields beside these are the message's own. */
export interface MaelstromBody {
  readonly type: string;
  readonly msg_id?: number;
  readonly in_reply_to?: number;
  readonly [field: string]: unknown;
}

const number = v.pipe(v.number(), v.safeInteger());
const lineSchema: v.GenericSchema<unknown, MaelstromLine> = v.object({
  src: v.string(),
  dest: v.string(),
  body: v.looseObject({ type: v.string(), msg_id: v.exactOptional(number), in_reply_to: v.exactOptional(number) }),
});

/** Undefined where the line is no such message. */
export function readLine(text: string): MaelstromLine | undefined {
  if (text.length > MAX_LINE_LENGTH) return undefined;
  try {
    const parsed = v.safeParse(lineSchema, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** The type of the messages that nodes send each other. */
export const LINK_TYPE = 'whitewater';

/** A message between nodes as a body. The bytes of a snapshot are told in base64. */
export function bodyOf(message: LinkMessage): MaelstromBody {
  if (message.type !== 'install-snapshot') return { type: LINK_TYPE, message };
  const { data, ...told } = message;
  return { type: LINK_TYPE, message: { ...told, data: Buffer.from(data).toString('base64') } };
}

/** The message in such a body; undefined where there is none that can be believed. */
export function messageOf({ message }: MaelstromBody): LinkMessage | undefined {
  const hasBytes = typeof message === 'object' && message !== null && 'data' in message;
  if (!hasBytes || typeof message.data !== 'string') return asLinkMessage(message);
  return asLinkMessage({ ...message, data: new Uint8Array(Buffer.from(message.data, 'base64')) });
}
