import type { ClientReadMode, Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import { type Arguments, isOn, isWord, misused, node, oneKey } from './command-arguments.ts';
import type { Word } from './command-words.ts';
import { readModeNamed, readModes } from './read-modes.ts';

/** `x`, `x via lease`, `x via stale on 3 not-before 7`: what follows the key stands in any order. */
export function read(given: Arguments): Operation {
  const [named, ...rest] = given.words;
  const key = oneKey({ ...given, words: named === undefined ? [] : [named] });
  let how: Omit<Extract<Operation, { readonly type: 'get' }>, 'type' | 'key'> = {};
  for (let position = 0; position < rest.length; position += 2) {
    const [option, value] = rest.slice(position, position + 2);
    if (option === undefined) break;
    if (isWord('via')(option)) how = { ...how, mode: readMode(given, value) };
    else if (isOn(option)) how = { ...how, node: readBy(given, value) };
    else if (isWord('not-before')(option)) how = { ...how, notBefore: readBound(given, value) };
    else oneKey({ ...given, words: [{ ...option, text: key }, option] });
  }
  const { mode, node: by } = how;
  if (by !== undefined && mode !== undefined && mode !== 'follower' && mode !== 'stale') {
    throw misused(given, `via ${mode} is answered by the leader alone`);
  }
  return { type: 'get', key, ...how };
}

function readMode(given: Arguments, word: Word | undefined): ClientReadMode {
  const mode = word === undefined ? undefined : readModeNamed(word.text);
  if (mode === undefined) throw misused(given, `is answered via one of ${readModes.map((one) => one.mode).join(', ')}`);
  return mode;
}

function readBy(given: Arguments, word: Word | undefined): NodeId {
  if (word === undefined) throw misused(given, 'takes one node after “on”');
  return node(given, word.text);
}

/** The index of the oldest entry that the answer must know, or `seen`: whatever this client has been told of. */
function readBound(given: Arguments, word: Word | undefined): number | 'seen' {
  const text = word?.text.toLowerCase() ?? '';
  if (text === 'seen') return 'seen';
  const index = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(index)) {
    throw misused(given, 'takes an index of the log or the word seen after “not-before”');
  }
  return index;
}
