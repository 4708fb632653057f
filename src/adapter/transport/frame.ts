import { Packr } from 'msgpackr';
import type { NodeId } from '../../raft/entry.ts';
import { asLinkMessage } from '../../host/link-message.ts';
import { areNodeAddresses } from './node-address.ts';
import { isNodeName } from './node-name.ts';
import type { PeerEnvelope } from './peer-envelope.ts';
import { countOf } from '../../timeline/words.ts';

/** The most bytes of one frame. A peer that sends a longer one is hung up on before it is read. */
export const MAX_FRAME_BYTES = 16 * 1_048_576;
/** The most messages in one frame. */
export const MAX_FRAME_MESSAGES = 4_096;
/** The most nodes that a frame tells of. */
export const MAX_TOLD_NODES = 1_000;
const MAX_MESSAGE_ID_LENGTH = 100;

/** Where nodes listen, and whom the sender reaches that has no address of its own. */
export interface Acquaintances {
  readonly addresses: ReadonlyMap<NodeId, readonly string[]>;
  readonly carried: readonly NodeId[];
}

/** What goes over a connection between two nodes, as one WebSocket message. */
export type Frame =
  | { readonly type: 'messages'; readonly envelopes: readonly PeerEnvelope[] }
  | ({ readonly type: 'acquaintances' } & Acquaintances);

const MESSAGES = 1;
const ACQUAINTANCES = 2;

/** What is used of it: its own types answer with `any`. */
interface Packing {
  pack(value: unknown): Buffer;
  unpack(data: Uint8Array): unknown;
}

// Without records (shared structures): no frame needs another one to be read, and none makes the reader build code.
const packr: Packing = new Packr({ useRecords: false });

/** MessagePack: an array of the kind of frame, then of what is in it. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.type === 'acquaintances') {
    const told = Array.from(frame.addresses, ([id, addresses]) => [id, ...addresses]);
    return packr.pack([ACQUAINTANCES, told, frame.carried]);
  }
  const items: unknown[] = [MESSAGES];
  for (const { messageId, from, to, message } of frame.envelopes) items.push([messageId, from, to, message]);
  return packr.pack(items);
}

/** The frame, if it is one in every part; otherwise a clause that says what is wrong with it. It never throws. */
export function decodeFrame(bytes: Uint8Array): Frame | { readonly problem: string } {
  let value: unknown;
  try {
    value = packr.unpack(bytes);
  } catch {
    return { problem: 'it is no MessagePack' };
  }
  if (!isList(value)) return { problem: 'it is no list' };
  if (value[0] === MESSAGES) return decodeMessages(value);
  if (value[0] === ACQUAINTANCES) return decodeAcquaintances(value);
  return { problem: 'it is of no kind that is known here' };
}

function decodeMessages(items: readonly unknown[]): Frame | { readonly problem: string } {
  if (items.length - 1 > MAX_FRAME_MESSAGES) {
    return { problem: `it holds more than ${countOf(MAX_FRAME_MESSAGES)} messages` };
  }
  const envelopes: PeerEnvelope[] = [];
  for (let position = 1; position < items.length; position++) {
    const envelope = decodeEnvelope(items[position]);
    if (envelope === undefined) return { problem: `message ${position} of ${items.length - 1} is none` };
    envelopes.push(envelope);
  }
  return { type: 'messages', envelopes };
}

function decodeEnvelope(item: unknown): PeerEnvelope | undefined {
  if (!isList(item) || item.length !== 4) return undefined;
  const [messageId, from, to, value] = item;
  if (typeof messageId !== 'string' || messageId.length > MAX_MESSAGE_ID_LENGTH) return undefined;
  if (!isNodeName(from) || !isNodeName(to)) return undefined;
  const message = asLinkMessage(value);
  return message && { messageId, from, to, message };
}

function decodeAcquaintances(items: readonly unknown[]): Frame | { readonly problem: string } {
  const [, told, carried] = items;
  const problem = { problem: 'it tells of no nodes' };
  if (!isList(told) || !isList(carried)) return problem;
  if (told.length > MAX_TOLD_NODES || carried.length > MAX_TOLD_NODES || !carried.every(isNodeName)) return problem;
  const addresses = new Map<NodeId, readonly string[]>();
  for (const one of told) {
    if (!isList(one)) return problem;
    const [id, ...places] = one;
    if (!isNodeName(id) || !areNodeAddresses(places)) return problem;
    addresses.set(id, places);
  }
  return { type: 'acquaintances', addresses, carried };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
