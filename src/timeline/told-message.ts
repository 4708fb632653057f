import type { AnyMessage, LinkMessage } from './event.ts';

/** The message as a timeline tells it. */
export function toldMessage(message: LinkMessage): AnyMessage {
  if (message.type !== 'install-snapshot') return message;
  const { data, ...told } = message;
  return { ...told, bytes: data.length };
}
