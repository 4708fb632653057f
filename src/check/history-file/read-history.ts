import { utf8Length } from '../../kv/limits.ts';
import { buildHistory, type FailMeaning, type ModelName, type ReadHistory } from './build-history.ts';
import { brief, EdnReader, Literals, type EdnValue } from './edn.ts';
import { readEdnHistory } from './read-edn-history.ts';
import { readLogHistory } from './read-log-history.ts';

/** The most bytes (UTF-8) that a history file may have. */
export const MAX_HISTORY_BYTES = 64 * 1024 * 1024;

export interface ReadHistoryOptions {
  /** Undefined: told from the names of the functions. */
  readonly model: ModelName | undefined;
  /** What every key holds at first, as a person writes it; undefined: nothing. */
  readonly initial: string | undefined;
  readonly fail: FailMeaning;
}

/**
 * Reads a history in one of the two forms in which Jepsen writes them, and others after it: a log, an operation a line, or
 * EDN. Everything in it is checked; `error` is one sentence that says what is wrong and on which line.
 */
export function readHistory(
  text: string,
  options: ReadHistoryOptions,
): { readonly history: ReadHistory } | { readonly error: string } {
  if (text.length > MAX_HISTORY_BYTES || utf8Length(text) > MAX_HISTORY_BYTES) {
    return { error: `This file is larger than a history may be: the limit is ${MAX_HISTORY_BYTES} bytes.` };
  }
  const begin = /[^\s\uFEFF]/.exec(text)?.index;
  if (begin === undefined) return { error: 'This file is empty: a history has at least one operation.' };
  const literals = new Literals();
  const form = formOf(text.slice(begin, begin + 200));
  if (form === undefined) {
    const line = text.slice(0, begin).split('\n').length;
    const found = brief(text.slice(begin).split('\n', 1)[0] ?? '');
    return {
      error: `Line ${line} is no history: neither Jepsen's log nor its EDN begins with ${JSON.stringify(found)}.`,
    };
  }
  const read = form === 'edn' ? readEdnHistory(text, literals) : readLogHistory(text, literals);
  if ('error' in read) return read;
  if (form === 'log' && read.events.length === 0) {
    return { error: 'This log holds no operation of a client, as in "3 :invoke :write 4".' };
  }
  return buildHistory(read.events, { ...options, literals, initial: initialOf(options.initial, literals) });
}

/** By how it begins. A log may begin with a bracket, too, but not with one that holds a map. */
function formOf(begin: string): 'edn' | 'log' | undefined {
  if (/^(?:\{\s*"|\[\s*\{\s*")/.test(begin)) return undefined;
  if (/^(?:\{|;|#[\w_]|[[(]\s*(?:[{#;\])]|$))/.test(begin)) return 'edn';
  return /^(?:\[|\d|:?nemesis\b|TRACE\b|DEBUG\b|INFO\b|WARN\b|ERROR\b|FATAL\b)/.test(begin) ? 'log' : undefined;
}

/** What a person means by a value: what it is in EDN, or else its text. */
function initialOf(
  text: string | undefined,
  literals: Literals,
): { readonly edn: EdnValue; readonly text: string } | undefined {
  if (text === undefined) return undefined;
  const reader = new EdnReader(text, literals);
  const form = reader.next();
  const isWhole = form !== undefined && !('fault' in form) && reader.next() === undefined;
  if (!isWhole) return { edn: text, text };
  // A symbol is no value: who writes one means its letters.
  const { value } = form;
  const isWord = typeof value === 'object' && 'literal' in value && /^[^:\\\d+-]/.test(value.literal);
  return { edn: isWord ? text : value, text };
}
