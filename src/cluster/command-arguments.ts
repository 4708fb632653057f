import type { NodeId } from '../raft/entry.ts';
import type { DirectedLink } from '../timeline/action.ts';
import type { CommandHelp } from './command-help.ts';
import type { Word } from './command-words.ts';
import type { Command } from './command.ts';

/** What a parser of one command is given. */
export interface Arguments {
  readonly help: CommandHelp;
  readonly words: readonly Word[];
  readonly nodes: readonly NodeId[];
  readonly leader: NodeId | undefined;
}

/** Carries one sentence out of the depth of a parser; whoever reads a line catches it. */
export class Misunderstood extends Error {}

/** What a command needs, with its example. */
export function misused({ help }: Arguments, what: string): Misunderstood {
  return new Misunderstood(`${help.name} ${what}, for example ${help.example}.`);
}

/** What was typed, short enough for a sentence. */
export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** Whether a word is that one, in any case, and not in quotes. */
export function isWord(wanted: string): (word: Word) => boolean {
  return ({ text, quoted }) => !quoted && text.toLowerCase() === wanted;
}

/** The word before the nodes or links that a command is about. */
export const isOn = isWord('on');

/** Exactly so many words, as text. */
export function texts(given: Arguments, count: number, what: string): readonly string[] {
  if (given.words.length < count) throw misused(given, `needs ${what}`);
  const tooMany = given.words[count];
  if (tooMany !== undefined) {
    throw new Misunderstood(
      `${given.help.name} takes ${what}, and “${shortened(tooMany.text)}” is too much; text with spaces needs quotes.`,
    );
  }
  return given.words.map(({ text }) => text);
}

/** A key, and nothing after it. */
export function oneKey(given: Arguments): string {
  const [key = ''] = texts(given, 1, 'a key');
  return key;
}

/** The command, where no words follow it. */
export function nothingMore(given: Arguments, command: Command): Command {
  const [word] = given.words;
  if (word === undefined) return command;
  throw new Misunderstood(`${given.help.name} stands alone; “${shortened(word.text)}” is too much.`);
}

/** One node of the cluster, and nothing after it. */
export function oneNode(given: Arguments): NodeId {
  const [word, more] = given.words;
  if (word === undefined) throw misused(given, 'needs a node');
  if (more !== undefined) {
    throw new Misunderstood(`${given.help.name} takes one node, and “${shortened(more.text)}” is too much.`);
  }
  return node(given, word.text);
}

/** The node of the cluster that is called `3`, `n3` or `leader`. */
export function node({ nodes, leader }: Arguments, text: string): NodeId {
  const lower = text.toLowerCase();
  if (lower === 'leader') {
    if (leader === undefined) throw new Misunderstood('No node leads now, so name the node by its number.');
    return leader;
  }
  const id = /^\d+$/.test(lower) ? `n${Number(lower)}` : lower;
  if (nodes.includes(id)) return id;
  const [only] = nodes;
  const which = nodes.length === 1 ? `the only node is ${only}` : `the nodes are ${only} to ${nodes.at(-1)}`;
  throw new Misunderstood(`There is no node “${shortened(text)}”: ${which}.`);
}

/** A node that is there, or the name of one that may come. */
export function anyNode(given: Arguments, text: string): NodeId {
  const id = /^\d+$/.test(text) ? `n${Number(text)}` : text.toLowerCase();
  return /^n[1-9]\d{0,5}$/.test(id) ? id : node(given, text);
}

/** The parts of words like `1>2`, `1->2`, `1,2|3`: names and the separators `>` and `|`. */
export function parts(words: readonly Word[]): readonly string[] {
  return words.flatMap(({ text, quoted }) =>
    quoted ? [text] : text.split(/(->|→|>|\||,)/).filter((part) => part !== '' && part !== ','),
  );
}

/** Nodes of the cluster, each once. */
function nodeList(given: Arguments, words: readonly Word[]): readonly NodeId[] {
  return [...new Set(parts(words).map((part) => node(given, part)))];
}

/** The words before `on`, and the nodes named after it (undefined: all). */
export function nodesAfterOn(given: Arguments): {
  readonly before: readonly Word[];
  readonly nodes: readonly NodeId[] | undefined;
} {
  const on = given.words.findIndex(isOn);
  if (on < 0) return { before: given.words, nodes: undefined };
  const nodes = nodeList(given, given.words.slice(on + 1));
  if (nodes.length === 0) throw misused(given, 'needs a node after “on”');
  return { before: given.words.slice(0, on), nodes };
}

/** `50000`, `-50000 on 3 4`. */
export function numberOnNodes(
  given: Arguments,
  unit: string,
): { readonly value: number; readonly nodes: readonly NodeId[] | undefined } {
  const { before, nodes } = nodesAfterOn(given);
  const [word, more] = before;
  if (word === undefined || more !== undefined || !/^-?\d+$/.test(word.text)) {
    throw misused(given, `needs a whole number of ${unit}`);
  }
  return { value: Number(word.text), nodes };
}

/** `1 2`: both ways; `1 > 2`: one. */
export function twoEnds(given: Arguments, words: readonly Word[]): readonly DirectedLink[] {
  const found = parts(words);
  const oneWay = found.length === 3 && ['>', '->', '→'].includes(found[1] ?? '');
  const [from, to] = oneWay ? [found[0], found[2]] : found;
  if (from === undefined || to === undefined) throw misused(given, 'needs two nodes');
  if (found.length > 2 && !oneWay) throw misused(given, 'takes two nodes, with > between them for one way only');
  const link = { from: node(given, from), to: node(given, to) };
  if (link.from === link.to) throw new Misunderstood(`A node has no link to itself, so name two nodes.`);
  return oneWay ? [link] : [link, { from: link.to, to: link.from }];
}

/** The words before `on`, and the links named after it (undefined: all). */
export function splitAtOn(given: Arguments): {
  readonly before: readonly Word[];
  readonly links: readonly DirectedLink[] | undefined;
} {
  const on = given.words.findIndex(isOn);
  if (on < 0) return { before: given.words, links: undefined };
  return { before: given.words.slice(0, on), links: twoEnds(given, given.words.slice(on + 1)) };
}

/** Every link between two of them, both ways. */
export function linksAmong(nodes: readonly NodeId[]): readonly DirectedLink[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })));
}
