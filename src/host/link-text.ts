import type { LinkMessage } from '../timeline/event.ts';
import { asLinkMessage } from './link-message.ts';

/** A message between nodes as JSON can hold it: the bytes of a snapshot are told as numbers. */
export function toTextMessage(message: LinkMessage): unknown {
  return message.type === 'install-snapshot' ? { ...message, data: [...message.data] } : message;
}

/** The message that was told so; undefined where there is none that can be believed. */
export function fromTextMessage(told: unknown): LinkMessage | undefined {
  const data: unknown = typeof told === 'object' && told !== null && 'data' in told ? told.data : undefined;
  if (!Array.isArray(data)) return asLinkMessage(told);
  const bytes = data.map(Number);
  if (bytes.some((byte) => !(byte >= 0 && byte <= 255))) return undefined;
  return asLinkMessage({ ...Object(told), data: Uint8Array.from(bytes) });
}
