import type { NodeId } from '../raft/entry.ts';
import { sabotageBook } from '../raft/sabotage-book.ts';
import { sabotageNames } from '../raft/sabotage-name.ts';
import { splitShapes } from '../timeline/split-shapes.ts';
import { commandAliases, commandHelp, type CommandHelp } from './command-help.ts';
import { commandNamed } from './command-language.ts';
import { wordFor, wordsOf, type Word } from './command-words.ts';
import { readModes } from './read-modes.ts';
import { resetLimits, resetNumbers, resetSwitches } from './reset-switches.ts';

/** One way to go on with a line. */
export interface Completion {
  /** The whole line, with the completion in it. */
  readonly line: string;
  /** What is offered, to be read: a command's usage, a node, a key. */
  readonly label: string;
  /** A short clause beside it. */
  readonly detail: string;
}

/** What completion may know of the cluster, where it is known. */
export interface CompletionContext {
  readonly leader?: NodeId | undefined;
  /** Keys that the store holds. */
  readonly keys?: readonly string[] | undefined;
}

/** The most completions that are offered at once. */
export const MAX_COMPLETIONS = 50;

const listing = new Set(['split', 'clog', 'flap', 'reorder', 'replay', 'disk', 'slow', 'drift', 'jump', 'members']);

/** The ways to go on with a line whose cursor stands at its end, best first; empty where there is nothing to offer. */
export function completions(
  text: string,
  nodes: readonly NodeId[],
  context: CompletionContext = {},
): readonly Completion[] {
  const read = wordsOf(text);
  if ('error' in read) return [];
  const { words } = read;
  const fresh = text === '' || /\s$/.test(text);
  const typed = fresh ? undefined : words.at(-1);
  const before = typed === undefined ? words : words.slice(0, -1);
  if (typed?.quoted === true) return [];
  const [first] = before;
  const stem = typed === undefined ? text : text.slice(0, typed.start);
  if (first === undefined) return commandsFor(typed?.text ?? '');
  const name = first.quoted ? undefined : commandNamed(first.text);
  const help = commandHelp.find((one) => one.name === name);
  if (help === undefined || before.at(-1)?.text === '=') return [];
  return argumentsFor(help, before.slice(1), typed?.text ?? '', { stem, nodes, context }).slice(0, MAX_COMPLETIONS);
}

function commandsFor(typed: string): readonly Completion[] {
  const lower = typed.toLowerCase();
  const begun = commandHelp.filter(({ name }) => name.startsWith(lower));
  const alias = Object.entries(commandAliases).find(([word]) => word.startsWith(lower))?.[1];
  const matching = begun.length > 0 ? begun : commandHelp.filter(({ name }) => name === alias);
  return matching.map(({ name, usage, summary, slots }) => ({
    line: slots.length === 0 ? name : `${name} `,
    label: usage,
    detail: summary,
  }));
}

interface Place {
  readonly stem: string;
  readonly nodes: readonly NodeId[];
  readonly context: CompletionContext;
}

function argumentsFor(help: CommandHelp, before: readonly Word[], typed: string, place: Place): readonly Completion[] {
  const lower = typed.toLowerCase();
  const lastSlot = help.slots.at(-1);
  const repeats = lastSlot === 'nodes' || lastSlot === 'switches' || lastSlot === 'how';
  const slot = help.slots[before.length] ?? (repeats ? lastSlot : undefined);
  const named = before.map(({ text }) => text.toLowerCase());
  if (slot === 'how') return waysToRead(help, named, lower, place);
  const afterOn = named.includes('on');
  if (help.name === 'split' && before.length === 0) {
    return [...nodesFor(help, named, lower, place), ...shapesFor(lower, place.stem)];
  }
  if (help.name === 'damage' && before.length === 1) return damagesFor(lower, place.stem);
  if (slot === 'node' || slot === 'nodes' || afterOn) return nodesFor(help, named, lower, place);
  if (help.name === 'cut' && named.includes('>')) return nodesFor(help, named, lower, place);
  if (slot === 'key') {
    const keys = place.context.keys ?? [];
    const wanted = keys.filter((key) => key.startsWith(typed) && key !== typed);
    return wanted.map((key) => ({
      line: `${place.stem}${wordFor(key)}${help.slots.length > 1 && help.slots[1] !== 'how' ? ' ' : ''}`,
      label: key,
      detail: 'key',
    }));
  }
  if (slot === 'switches') return switchesFor(named, lower, place.stem);
  if (slot === 'command') {
    const topics = commandHelp.filter(({ name }) => name.startsWith(lower) && name !== lower);
    return topics.map(({ name, summary }) => ({ line: `${place.stem}${name}`, label: name, detail: summary }));
  }
  return [];
}

/** What a read can say after its key: each once, in any order. */
function waysToRead(help: CommandHelp, named: readonly string[], typed: string, place: Place): readonly Completion[] {
  const { stem } = place;
  // The key may be called like one of these words.
  const said = named.slice(1);
  const offer = (words: readonly (readonly [label: string, detail: string])[], end: string): readonly Completion[] =>
    words
      .filter(([label]) => label.startsWith(typed) && label !== typed && !said.includes(label))
      .map(([label, detail]) => ({ line: `${stem}${label}${end}`, label, detail }));
  const last = said.at(-1);
  const modes = readModes.map(({ mode, meaning }) => [mode, meaning] as const);
  if (last === 'via') return offer(modes, '');
  if (last === 'on') return nodesFor(help, named, typed, place);
  if (last === 'not-before') return offer([['seen', 'what this client has been told of']], '');
  return offer(readWays, ' ');
}

const readWays = [
  ['via', 'how it is to be answered'],
  ['on', 'by which node'],
  ['not-before', 'an index: no older than that entry'],
] as const;

function damagesFor(typed: string, stem: string): readonly Completion[] {
  return damageKinds
    .filter(([name]) => name.startsWith(typed) && name !== typed)
    .map(([label, detail]) => ({ line: `${stem}${label}`, label, detail }));
}

const damageKinds = [
  ['entry', 'a bit of the last entry, or of the one at an index'],
  ['lost', 'entries from one index to another'],
  ['state', 'a bit of the term and vote'],
  ['snapshot', 'a bit of the snapshot'],
  ['identity', 'a bit of the record that says whose it is'],
  ['torn', 'half a write at the end of the log'],
] as const;

/** Partitions of a shape that has a name. */
function shapesFor(typed: string, stem: string): readonly Completion[] {
  const names = Object.keys(splitShapes).filter((name) => name.startsWith(typed) && name !== typed);
  return names.map((name) => ({ line: `${stem}${name}`, label: name, detail: 'a shape of all nodes' }));
}

/** What a new cluster can be started with and does not have yet. */
function switchesFor(named: readonly string[], typed: string, stem: string): readonly Completion[] {
  if (resetNumbers.some((name) => name === named.at(-1))) return [];
  if (named.at(-1) === 'sabotage') return sabotagesFor(named, typed, stem);
  const switches = Object.entries(resetSwitches).map(([name, offered]) => [name, offered?.meaning ?? ''] as const);
  const numbers = resetNumbers.map((name) => [name, `${resetLimits[name]?.meaning ?? name}, with a number`] as const);
  const sabotage = ['sabotage', 'with a name: a rule that all have wrong on purpose'] as const;
  return [...switches, ...numbers, sabotage]
    .filter(([name]) => name.startsWith(typed) && name !== typed && (name === 'sabotage' || !named.includes(name)))
    .map(([name, detail]) => ({ line: `${stem}${name} `, label: name, detail }));
}

function sabotagesFor(named: readonly string[], typed: string, stem: string): readonly Completion[] {
  return sabotageNames
    .filter((name) => name.startsWith(typed) && name !== typed && !named.includes(name))
    .map((name) => ({ line: `${stem}${name} `, label: name, detail: sabotageBook[name].sentence }));
}

function nodesFor(help: CommandHelp, named: readonly string[], typed: string, place: Place): readonly Completion[] {
  const { nodes, context, stem } = place;
  const taken = new Set(named.map((word) => (/^\d+$/.test(word) ? `n${word}` : word)));
  const plain = typed.replace(/^n/, '');
  const wanted = nodes.filter((id) => !taken.has(id) && id.slice(1).startsWith(plain) && id !== typed);
  const more = help.slots.length > named.length + 1 || listing.has(help.name) ? ' ' : '';
  const offers = wanted
    .filter((id) => id.slice(1) !== typed)
    .map((id) => ({
      line: `${stem}${id.slice(1)}${more}`,
      label: id.slice(1),
      detail: id === context.leader ? `${id}, the leader` : id,
    }));
  if (context.leader === undefined || typed === 'leader' || !'leader'.startsWith(typed) || typed === '') return offers;
  return [{ line: `${stem}leader${more}`, label: 'leader', detail: `now ${context.leader}` }, ...offers];
}
