import { parseCommand, utf8Length } from './limits.ts';

/** What a command takes beside its texts: two numbers and the kind of the operation. */
const COMMAND_OVERHEAD_BYTES = 24;

/**
 * How many bytes a command counts towards limits, the same on every node: its texts as UTF-8, and what it takes beside
 * them. What is no command of the store has no texts.
 */
export function commandBytes(value: unknown): number {
  const command = parseCommand(value);
  if (command === undefined) return COMMAND_OVERHEAD_BYTES;
  const { client, operation } = command;
  const written = 'value' in operation ? utf8Length(operation.value) : 0;
  const expected = 'expected' in operation && operation.expected !== undefined ? utf8Length(operation.expected) : 0;
  return COMMAND_OVERHEAD_BYTES + utf8Length(client) + utf8Length(operation.key) + written + expected;
}
