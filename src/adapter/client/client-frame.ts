import { Packr } from 'msgpackr';
import type { ClientRead, ClientReply, ClientRequest } from '../../kv/client-message.ts';
import { asLinkMessage } from '../../host/link-message.ts';
import { weightOf } from '../transport/envelope-weight.ts';

/** The most bytes of one frame of a client's WebSocket. */
export const MAX_CLIENT_FRAME_BYTES = 4_194_304;
/** The most messages in one frame. */
const MAX_CLIENT_FRAME_MESSAGES = 1_024;
/**
 * With so many bytes, about, a frame leaves, and what else there is goes into the next. Characters are counted, of which one may
 * take three bytes, so it must be well below {@link MAX_CLIENT_FRAME_BYTES}.
 */
const FRAME_WEIGHT = 1_048_576;

/** What goes over a client's connection. */
export type ClientMessage = ClientRequest | ClientRead | ClientReply;

/** What is used of it: its own types answer with `any`. */
interface Packing {
  pack(value: unknown): Buffer;
  unpack(data: Uint8Array): unknown;
}

// Without records (shared structures): no frame needs another one to be read, and none makes the reader build code.
const packr: Packing = new Packr({ useRecords: false });

/** One WebSocket message: a list of messages, as MessagePack. */
function encodeClientFrame(messages: readonly ClientMessage[]): Buffer {
  return packr.pack(messages);
}

/** The messages of a frame, if all are of clients; otherwise a clause that says what is wrong with it. It never throws. */
export function decodeClientFrame(data: Uint8Array): readonly ClientMessage[] | { readonly problem: string } {
  let value: unknown;
  try {
    value = packr.unpack(data);
  } catch {
    return { problem: 'it is no MessagePack' };
  }
  if (!Array.isArray(value)) return { problem: 'it is no list' };
  if (value.length > MAX_CLIENT_FRAME_MESSAGES) {
    return { problem: `it holds more than ${MAX_CLIENT_FRAME_MESSAGES} messages` };
  }
  const messages: ClientMessage[] = [];
  for (const item of value) {
    const message = asLinkMessage(item);
    switch (message?.type) {
      case 'client-request':
      case 'client-read':
      case 'client-reply':
        messages.push(message);
        break;
      default:
        return { problem: `message ${messages.length + 1} of ${value.length} is none of a client` };
    }
  }
  return messages;
}

/** Messages of one turn of the event loop, which leave as one frame, or as few as hold them. */
export class ClientFrames {
  readonly #send: (frame: Buffer) => void;
  #messages: ClientMessage[] = [];
  #weight = 0;
  #isScheduled = false;

  constructor(send: (frame: Buffer) => void) {
    this.#send = send;
  }

  add(message: ClientMessage): void {
    this.#messages.push(message);
    this.#weight += weightOf(message);
    if (this.#messages.length >= MAX_CLIENT_FRAME_MESSAGES || this.#weight >= FRAME_WEIGHT) this.#flush();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const messages = this.#messages;
    if (messages.length === 0) return;
    this.#messages = [];
    this.#weight = 0;
    this.#send(encodeClientFrame(messages));
  }
}
