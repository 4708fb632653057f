/** One word of a command line. A quoted word is always plain text, never a separator or a number of a node. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** Where it begins in the line, quotes included. */
  readonly start: number;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

/**
 * Cuts a line into words at white space. Quotes, single or double, hold a word with spaces together; inside them a
 * backslash takes the next character as it is (`\n` and `\t` are a new line and a tab). An `=` after the first word, or
 * after the second where the first is `set`, is a word by itself, so that `x=5` and `x = 5` read alike; anywhere else it
 * is part of a word.
 */
export function wordsOf(line: string): { readonly words: readonly Word[] } | { readonly error: string } {
  const words: Word[] = [];
  let position = 0;
  while (position < line.length) {
    const character = line.charAt(position);
    if (/\s/.test(character)) position += 1;
    else if (character === '"' || character === "'") {
      const end = readQuoted(line, position, words);
      if (end === undefined) return { error: `A quote (${character}) is opened and never closed.` };
      position = end;
    } else if (character === '=' && mayAssign(words)) {
      words.push({ text: '=', quoted: false, start: position });
      position += 1;
    } else {
      const start = position;
      const keyOnly = mayAssign([...words, { text: '', quoted: false, start }]);
      while (position < line.length && !/\s/.test(line.charAt(position))) {
        if (line.charAt(position) === '=' && keyOnly) break;
        position += 1;
      }
      words.push({ text: line.slice(start, position), quoted: false, start });
    }
  }
  return { words };
}

/** Whether an `=` that follows these words makes an assignment. */
function mayAssign(words: readonly Word[]): boolean {
  const [first, second] = words;
  if (words.length === 1) return first?.text.toLowerCase() !== 'set' || first.quoted;
  return words.length === 2 && first?.text.toLowerCase() === 'set' && !first.quoted && second?.text !== '=';
}

/** Reads a quoted word into `words`; returns the position after it, or undefined where the quote is never closed. */
function readQuoted(line: string, start: number, words: Word[]): number | undefined {
  const quote = line.charAt(start);
  let text = '';
  for (let position = start + 1; position < line.length; position++) {
    const character = line.charAt(position);
    if (character === quote) {
      words.push({ text, quoted: true, start });
      return position + 1;
    }
    if (character === '\\' && position + 1 < line.length) {
      position += 1;
      const escaped = line.charAt(position);
      text += escapes[escaped] ?? escaped;
    } else text += character;
  }
  return undefined;
}

/** The text as a word of a command line: quoted where it must be. {@link wordsOf} reads it back as it was. */
export function wordFor(text: string): string {
  if (/^[^\s"'=|>\\]+$/.test(text)) return text;
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
