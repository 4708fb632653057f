import * as v from 'valibot';
import { parseCommand, parseOpenSession } from '../../kv/limits.ts';

const entrySchema = v.variant('type', [
  v.object({ type: v.literal('no-op'), index: v.number(), term: v.number() }),
  v.object({ type: v.literal('command'), index: v.number(), term: v.number(), command: v.unknown() }),
  v.object({
    type: v.literal('configuration'),
    index: v.number(),
    term: v.number(),
    configuration: v.object({ voters: v.array(v.string()), learners: v.array(v.string()) }),
  }),
]);
/** What a node answers that is asked for its log. */
export const logSchema = v.object({ entries: v.array(entrySchema) });

export type DumpedEntry = v.InferOutput<typeof entrySchema>;

/** An entry as a line of logs.txt, in the form of the leader-lease store: the operation, then the term. */
export function entryLine(entry: DumpedEntry): string {
  switch (entry.type) {
    case 'no-op':
      return `NO-OP ${entry.term}`;
    case 'configuration': {
      const { voters, learners } = entry.configuration;
      return `CONFIGURATION ${[...voters, ...learners.map((node) => `${node}(learner)`)].join(',')} ${entry.term}`;
    }
    case 'command':
      return `${commandWords(entry.command)} ${entry.term}`;
  }
}

function commandWords(value: unknown): string {
  const operation = parseCommand(value)?.operation;
  switch (operation?.type) {
    case 'set':
      return `SET ${operation.key} ${oneLine(operation.value)}`;
    case 'get':
    case 'delete':
      return `${operation.type.toUpperCase()} ${operation.key}`;
    case 'append':
      return `APPEND ${operation.key} ${oneLine(operation.value)}`;
    case 'compare-and-set':
      return `CAS ${operation.key} ${oneLine(operation.expected ?? 'none')} ${oneLine(operation.value)}`;
    case undefined:
      return parseOpenSession(value) === undefined ? 'UNKNOWN' : 'OPEN-SESSION';
  }
}

/** An entry is one line, whatever is in its value. */
function oneLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}
