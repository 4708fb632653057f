import type { ClientReadMode } from '../kv/command.ts';

/** How a read can be answered, by the word that people use for it, in the order in which it is offered. */
export const readModes: readonly { readonly mode: ClientReadMode; readonly meaning: string }[] = [
  { mode: 'log', meaning: 'through the log, as a command' },
  { mode: 'read-index', meaning: 'the leader asks a majority whether it still leads' },
  { mode: 'lease', meaning: 'the leader answers by itself while it holds a lease' },
  { mode: 'follower', meaning: 'any node answers, once it has the leader’s read index' },
  { mode: 'stale', meaning: 'any node answers at once, and may be out of date' },
];

/** The mode of that name, in any case. */
export function readModeNamed(word: string): ClientReadMode | undefined {
  return readModes.find(({ mode }) => mode === word.toLowerCase())?.mode;
}

/** What a `get` can say after its key, and what that means. */
export const readHelp: readonly (readonly [way: string, meaning: string])[] = [
  ...readModes.map(({ mode, meaning }) => [`via ${mode}`, meaning] as const),
  ['on NODE', 'by that node, where it is read via follower or stale'],
  ['not-before INDEX', 'no older than that entry; through the log no read is'],
  ['not-before seen', 'no older than what this client has been told of'],
];
