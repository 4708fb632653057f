import { checkOperation } from '../kv/limits.ts';
import type { ClientReadMode, Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import { sabotageNames, type SabotageName } from '../raft/sabotage-name.ts';
import type { Action, Delay, DirectedLink, DiskDamage, DiskWrites, Lateness } from '../timeline/action.ts';
import { notLate } from '../timeline/link-quality.ts';
import type { RunConfig } from '../timeline/run-config.ts';
import { MAX_SEED } from '../timeline/run.ts';
import { splitShapes } from '../timeline/split-shapes.ts';
import { closestWord } from './closest-word.ts';
import { commandAliases, commandHelp, type CommandHelp, type CommandName } from './command-help.ts';
import { wordsOf, type Word } from './command-words.ts';
import { readModeNamed, readModes } from './read-modes.ts';
import { resetLimits, resetNumbers, resetSwitches } from './reset-switches.ts';
import { MAX_SPEED, MIN_SPEED } from './speed.ts';

/** What a line of the command language asks for. */
export type Command =
  | { readonly type: 'operation'; readonly operation: Operation }
  | { readonly type: 'action'; readonly action: Action }
  /** The leader, whoever that is when it is done, hands its lead over. */
  | { readonly type: 'transfer'; readonly to: NodeId }
  /** `node` undefined: a new one. */
  | { readonly type: 'add-node'; readonly node: NodeId | undefined; readonly voter: boolean }
  /** The leader, whoever that is when it is done, changes the membership. */
  | {
      readonly type: 'membership';
      readonly change: Exclude<MembershipChange, { readonly type: 'add-voter' | 'add-learner' }>;
    }
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  | { readonly type: 'step' }
  /** Virtual time per real time, 0.001 to 20. */
  | { readonly type: 'speed'; readonly timesRealTime: number }
  | { readonly type: 'undo' }
  | {
      readonly type: 'reset';
      readonly nodes: number | undefined;
      readonly seed: number | undefined;
      /** What is not as usual; left out: all is. */
      readonly config?: Partial<RunConfig>;
    }
  /** Another cluster is to be shown: a real one, by the address of any of its nodes. */
  | { readonly type: 'attach'; readonly address: string; readonly token: string | undefined }
  | { readonly type: 'detach' }
  /** `topic` undefined: about everything. */
  /** The dialog of the page that looks for a mistake. */
  | { readonly type: 'hunt' }
  | { readonly type: 'help'; readonly topic: CommandName | undefined };

export type ParsedLine = { readonly command: Command } | { readonly error: string };

/** What a parser of one command is given. */
interface Arguments {
  readonly help: CommandHelp;
  readonly words: readonly Word[];
  readonly nodes: readonly NodeId[];
  readonly leader: NodeId | undefined;
}

/** Carries one sentence out of the depth of a parser; never leaves this file. */
class Misunderstood extends Error {}

/**
 * Reads one line, as a person types it in the client panel or a terminal: `x=5`, `kill 3`, `split 1 2 | 3 4 5`.
 * Nodes are written `3`, `n3` or, where `leader` is given, `leader`. What it does not understand is one sentence.
 */
export function parseCommandLine(text: string, nodes: readonly NodeId[], leader?: NodeId): ParsedLine {
  const cut = wordsOf(text);
  if ('error' in cut) return cut;
  const { words } = cut;
  const [first, second] = words;
  if (first === undefined) return { error: 'Type a command, for example x=5, or help.' };
  try {
    if (second?.text === '=' && !second.quoted) return { command: assignment([first, ...words.slice(2)]) };
    const name = first.quoted ? undefined : commandNamed(first.text);
    const help = commandHelp.find((one) => one.name === name);
    if (name === undefined || help === undefined) return { error: unknownCommand(first.text) };
    return { command: parsers[name]({ help, words: words.slice(1), nodes, leader }) };
  } catch (error) {
    if (error instanceof Misunderstood) return { error: error.message };
    throw error;
  }
}

/** The command of that name or alias, in any case. */
export function commandNamed(word: string): CommandName | undefined {
  const lower = word.toLowerCase();
  const named = commandHelp.find(({ name }) => name === lower)?.name;
  return named ?? (Object.hasOwn(commandAliases, lower) ? commandAliases[lower] : undefined);
}

function unknownCommand(word: string): string {
  const meant = closestWord(word, [...commandHelp.map(({ name }) => name), ...Object.keys(commandAliases)]);
  const hint = meant === undefined ? 'Type help to see what there is.' : `Did you mean ${meant}?`;
  return `Unknown command “${shortened(word)}”. ${hint}`;
}

const parsers: Readonly<Record<CommandName, (given: Arguments) => Command>> = {
  set: (given) => {
    const [key, equals, ...rest] = given.words;
    if (key !== undefined && equals?.text === '=' && !equals.quoted) return assignment([key, ...rest]);
    const [name = '', value = ''] = texts(given, 2, 'a key and a value');
    return operation({ type: 'set', key: name, value });
  },
  get: (given) => operation(read(given)),
  del: (given) => operation({ type: 'delete', key: oneKey(given) }),
  append: (given) => {
    const [key = '', value = ''] = texts(given, 2, 'a key and a text');
    return operation({ type: 'append', key, value });
  },
  cas: (given) => {
    const [key = '', expected = '', value = ''] = texts(given, 3, 'a key, the expected value and the new one');
    const absent = given.words[1]?.text.toLowerCase() === 'none' && !given.words[1].quoted;
    return operation({ type: 'compare-and-set', key, expected: absent ? undefined : expected, value });
  },
  kill: (given) => action({ type: 'kill', node: oneNode(given) }),
  revive: (given) => action({ type: 'revive', node: oneNode(given) }),
  restart: (given) => action({ type: 'restart', node: oneNode(given) }),
  pause: (given) => (given.words.length === 0 ? { type: 'pause' } : action({ type: 'pause', node: oneNode(given) })),
  resume: (given) => action({ type: 'resume', node: oneNode(given) }),
  timeout: (given) => action({ type: 'time-out-now', node: oneNode(given) }),
  snapshot: (given) => action({ type: 'snapshot', node: oneNode(given) }),
  transfer: (given) => ({ type: 'transfer', to: oneNode(given) }),
  add: (given) => addition(given),
  promote: (given) => membership({ type: 'promote', node: oneNode(given) }),
  demote: (given) => membership({ type: 'demote', node: oneNode(given) }),
  remove: (given) => membership({ type: 'remove', node: oneNode(given) }),
  members: (given) => membership(members(given)),
  leave: (given) => nothingMore(given, membership({ type: 'leave-joint' })),
  isolate: (given) => action({ type: 'isolate', node: oneNode(given) }),
  cut: (given) => action({ type: 'cut', links: twoEnds(given, given.words) }),
  heal: (given) => action({ type: 'heal', links: healed(given) }),
  split: (given) => action({ type: 'split', groups: shapedGroups(given) ?? groupsOf(given) }),
  clog: (given) => {
    const { before, links = linksAmong(given.nodes) } = splitAtOn(given);
    return action({ type: 'clog', links, forMs: oneDuration(given, before) });
  },
  flap: (given) => {
    const { before, links = linksAmong(given.nodes) } = splitAtOn(given);
    return action({ type: 'flap', links, ...flapping(given, before) });
  },
  latency: (given) => {
    const { before, links } = splitAtOn(given);
    return action({ type: 'set-links', links, quality: { latency: delay(given, before) } });
  },
  loss: (given) => {
    const { before, links } = splitAtOn(given);
    return action({ type: 'set-links', links, quality: { loss: share(given, before) } });
  },
  duplicate: (given) => {
    const { before, links } = splitAtOn(given);
    return action({ type: 'set-links', links, quality: { duplication: share(given, before) } });
  },
  reorder: (given) => {
    const { before, links } = splitAtOn(given);
    return action({ type: 'set-links', links, quality: { reordering: lateness(given, before) } });
  },
  replay: (given) => {
    const { before, links } = splitAtOn(given);
    return action({ type: 'set-links', links, quality: { replay: lateness(given, before) } });
  },
  disk: (given) => {
    const { before, nodes } = nodesAfterOn(given);
    const [word, more] = before;
    const writes = more === undefined && word !== undefined ? diskWrites[word.text.toLowerCase()] : undefined;
    if (writes !== undefined) return action({ type: 'set-disk', nodes, writes });
    return action({ type: 'set-disk', nodes, latency: delay(given, before) });
  },
  damage: (given) => {
    const [where, ...what] = given.words;
    if (where === undefined) throw misused(given, 'needs a node');
    return action({ type: 'damage-disk', node: node(given, where.text), damage: damageNamed(given, what) });
  },
  swap: (given) => {
    const [one, other, more] = given.words;
    if (one === undefined || other === undefined || more !== undefined) throw misused(given, 'needs two nodes');
    return action({ type: 'swap-disks', node: node(given, one.text), with: node(given, other.text) });
  },
  slow: (given) => {
    const { before, nodes } = nodesAfterOn(given);
    return action({ type: 'set-handling', nodes, delay: delay(given, before) });
  },
  drift: (given) => {
    const { value, nodes } = numberOnNodes(given, 'millionths');
    return action({ type: 'set-clock', nodes, driftPpm: value });
  },
  jump: (given) => {
    const { value, nodes } = numberOnNodes(given, 'milliseconds');
    return action({ type: 'jump-clock', nodes, byMs: value });
  },
  play: (given) => nothingMore(given, { type: 'play' }),
  step: (given) => nothingMore(given, { type: 'step' }),
  undo: (given) => nothingMore(given, { type: 'undo' }),
  hunt: (given) => nothingMore(given, { type: 'hunt' }),
  speed: (given) => ({ type: 'speed', timesRealTime: speed(given) }),
  reset: (given) => reset(given),
  attach: (given) => attachment(given),
  detach: (given) => nothingMore(given, { type: 'detach' }),
  help: (given) => {
    const [topic] = given.words;
    if (topic === undefined) return { type: 'help', topic: undefined };
    const name = commandNamed(topic.text);
    if (name === undefined) throw new Misunderstood(unknownCommand(topic.text));
    return { type: 'help', topic: name };
  },
};

/** `entry`, `entry 5`, `state`, `snapshot`, `identity`, `torn`, `lost 3 5`. */
function damageNamed(given: Arguments, words: readonly Word[]): DiskDamage {
  const [what = '', ...numbers] = words.map(({ text }) => text.toLowerCase());
  const [first, last = first, more] = numbers.map(Number);
  const isRange = first !== undefined && last !== undefined && first > 0 && last >= first && more === undefined;
  if (what === 'torn' && first === undefined) return { type: 'torn-write' };
  if ((what === 'state' || what === 'snapshot' || what === 'identity') && first === undefined) {
    return { type: 'flip-byte', record: what };
  }
  if (what === 'entry' && first === undefined) return { type: 'flip-byte', record: 'entry' };
  if (what === 'entry' && isRange && first === last) return { type: 'flip-byte', record: 'entry', index: first };
  if (what === 'lost' && isRange) return { type: 'lose-entries', from: first, to: last };
  throw misused(given, 'needs a node and entry, entry INDEX, lost INDEX INDEX, state, snapshot, identity or torn');
}

const diskWrites: Readonly<Record<string, DiskWrites | undefined>> = { ok: 'kept', fails: 'fail-next', full: 'full' };

function attachment(given: Arguments): Command {
  const [address, token, more] = given.words;
  if (address === undefined || more !== undefined) {
    throw misused(given, 'needs the address of a node, and a token where it asks for one');
  }
  return { type: 'attach', address: address.text, token: token?.text };
}

function assignment(words: readonly Word[]): Command {
  const [key, value, more] = words;
  if (key === undefined || value === undefined) {
    const name = shortened(key?.text ?? 'x');
    throw new Misunderstood(`There is no value after “${name}=”; an empty one is written ${name}="".`);
  }
  if (more !== undefined) {
    throw new Misunderstood(`A value with spaces needs quotes: ${shortened(key.text)}="${shortened(value.text)} …".`);
  }
  return operation({ type: 'set', key: key.text, value: value.text });
}

function operation(asked: Operation): Command {
  const problem = checkOperation(asked);
  if (problem !== undefined) throw new Misunderstood(problem);
  return { type: 'operation', operation: asked };
}

function action(wanted: Action): Command {
  return { type: 'action', action: wanted };
}

function membership(change: Extract<Command, { readonly type: 'membership' }>['change']): Command {
  return { type: 'membership', change };
}

function addition(given: Arguments): Command {
  const voter = !given.words.some(isWord('learner'));
  const [word, more] = given.words.filter((one) => !isWord('learner')(one));
  if (more !== undefined) throw misused(given, `takes one node, and “${shortened(more.text)}” is too much`);
  return { type: 'add-node', node: word === undefined ? undefined : anyNode(given, word.text), voter };
}

function members(given: Arguments): Extract<MembershipChange, { readonly type: 'set-voters' }> {
  const isJoint = given.words.some(isWord('joint'));
  const named = parts(given.words.filter((one) => !isWord('joint')(one)));
  if (named.length === 0) throw misused(given, 'needs nodes');
  const voters = [...new Set(named.map((part) => anyNode(given, part)))];
  return { type: 'set-voters', voters, leavesByItself: !isJoint };
}

/** A node that is there, or the name of one that may come. */
function anyNode(given: Arguments, text: string): NodeId {
  const id = /^\d+$/.test(text) ? `n${Number(text)}` : text.toLowerCase();
  return /^n[1-9]\d{0,5}$/.test(id) ? id : node(given, text);
}

function isWord(wanted: string): (word: Word) => boolean {
  return ({ text, quoted }) => !quoted && text.toLowerCase() === wanted;
}

function misused({ help }: Arguments, what: string): Misunderstood {
  return new Misunderstood(`${help.name} ${what}, for example ${help.example}.`);
}

/** Exactly so many words, as text. */
function texts(given: Arguments, count: number, what: string): readonly string[] {
  if (given.words.length < count) throw misused(given, `needs ${what}`);
  const tooMany = given.words[count];
  if (tooMany !== undefined) {
    throw new Misunderstood(
      `${given.help.name} takes ${what}, and “${shortened(tooMany.text)}” is too much; text with spaces needs quotes.`,
    );
  }
  return given.words.map(({ text }) => text);
}

/** `x`, `x via lease`, `x via stale on 3 not-before 7`: what follows the key stands in any order. */
function read(given: Arguments): Operation {
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

/** `50000`, `-50000 on 3 4`. */
function numberOnNodes(
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

function oneKey(given: Arguments): string {
  const [key = ''] = texts(given, 1, 'a key');
  return key;
}

function nothingMore(given: Arguments, command: Command): Command {
  const [word] = given.words;
  if (word === undefined) return command;
  throw new Misunderstood(`${given.help.name} stands alone; “${shortened(word.text)}” is too much.`);
}

function oneNode(given: Arguments): NodeId {
  const [word, more] = given.words;
  if (word === undefined) throw misused(given, 'needs a node');
  if (more !== undefined) {
    throw new Misunderstood(`${given.help.name} takes one node, and “${shortened(more.text)}” is too much.`);
  }
  return node(given, word.text);
}

function node({ nodes, leader }: Arguments, text: string): NodeId {
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

/** The parts of words like `1>2`, `1->2`, `1,2|3`: names and the separators `>` and `|`. */
function parts(words: readonly Word[]): readonly string[] {
  return words.flatMap(({ text, quoted }) =>
    quoted ? [text] : text.split(/(->|→|>|\||,)/).filter((part) => part !== '' && part !== ','),
  );
}

function twoEnds(given: Arguments, words: readonly Word[]): readonly DirectedLink[] {
  const found = parts(words);
  const oneWay = found.length === 3 && ['>', '->', '→'].includes(found[1] ?? '');
  const [from, to] = oneWay ? [found[0], found[2]] : found;
  if (from === undefined || to === undefined) throw misused(given, 'needs two nodes');
  if (found.length > 2 && !oneWay) throw misused(given, 'takes two nodes, with > between them for one way only');
  const link = { from: node(given, from), to: node(given, to) };
  if (link.from === link.to) throw new Misunderstood(`A node has no link to itself, so name two nodes.`);
  return oneWay ? [link] : [link, { from: link.to, to: link.from }];
}

function healed(given: Arguments): readonly DirectedLink[] | undefined {
  const [first, second] = given.words;
  if (first === undefined || (first.text.toLowerCase() === 'all' && second === undefined)) return undefined;
  if (parts(given.words).length > 1) return twoEnds(given, given.words);
  const one = node(given, first.text);
  const others = given.nodes.filter((other) => other !== one);
  return others.flatMap((other) => [
    { from: one, to: other },
    { from: other, to: one },
  ]);
}

/** The groups of a shape that has a name. */
function shapedGroups({ words, nodes }: Arguments): readonly (readonly NodeId[])[] | undefined {
  const [word, more] = words;
  const shape = Object.entries(splitShapes).find(([name]) => name === word?.text.toLowerCase())?.[1];
  return shape === undefined || more !== undefined ? undefined : shape(nodes);
}

function groupsOf(given: Arguments): readonly (readonly NodeId[])[] {
  const groups: NodeId[][] = [[]];
  for (const part of parts(given.words)) {
    if (part === '|') {
      groups.push([]);
      continue;
    }
    const member = node(given, part);
    if (groups.at(-1)?.includes(member) === true) throw new Misunderstood(`${member} stands twice in one group.`);
    groups.at(-1)?.push(member);
  }
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length === 0) throw misused(given, 'needs groups of nodes with | between them');
  if (filled.length === 1 && filled[0]?.length === given.nodes.length) {
    throw misused(given, 'needs at least two groups, with | between them');
  }
  return filled;
}

function nodeList(given: Arguments, words: readonly Word[]): readonly NodeId[] {
  return [...new Set(parts(words).map((part) => node(given, part)))];
}

/** The words before `on`, and the nodes named after it (undefined: all). */
function nodesAfterOn(given: Arguments): {
  readonly before: readonly Word[];
  readonly nodes: readonly NodeId[] | undefined;
} {
  const on = given.words.findIndex(isOn);
  if (on < 0) return { before: given.words, nodes: undefined };
  const nodes = nodeList(given, given.words.slice(on + 1));
  if (nodes.length === 0) throw misused(given, 'needs a node after “on”');
  return { before: given.words.slice(0, on), nodes };
}

const isOn = isWord('on');

/** The words before `on`, and the links named after it (undefined: all). */
function splitAtOn(given: Arguments): {
  readonly before: readonly Word[];
  readonly links: readonly DirectedLink[] | undefined;
} {
  const on = given.words.findIndex(isOn);
  if (on < 0) return { before: given.words, links: undefined };
  return { before: given.words.slice(0, on), links: twoEnds(given, given.words.slice(on + 1)) };
}

function linksAmong(nodes: readonly NodeId[]): readonly DirectedLink[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })));
}

function oneDuration(given: Arguments, words: readonly Word[]): number {
  const [word, more] = words;
  if (word === undefined || more !== undefined) throw misused(given, 'needs one number of milliseconds');
  return milliseconds(given, word.text);
}

/** `400 600`: down and up; `400`: as long up as down; `off`. */
function flapping(given: Arguments, words: readonly Word[]): { readonly downMs: number; readonly upMs: number } {
  const [down, up = down, more] = words;
  if (down === undefined || more !== undefined) throw misused(given, 'needs how long it is down, and up');
  if (up === undefined || isWord('off')(down)) return { downMs: 0, upMs: 1 };
  return { downMs: milliseconds(given, down.text), upMs: Math.max(1, milliseconds(given, up.text)) };
}

/** `10% 400 200`: how many, and by how much; `0` or `off`. */
function lateness(given: Arguments, words: readonly Word[]): Lateness {
  const [first, second] = words;
  const apart = second?.text === '%' ? 2 : 1;
  if (first !== undefined && isWord('off')(first)) return notLate;
  const chance = share(given, words.slice(0, apart));
  return chance === 0 ? notLate : { chance, delay: delay(given, words.slice(apart)) };
}

function delay(given: Arguments, words: readonly Word[]): Delay {
  const [mean, spread, more] = words;
  if (mean === undefined) throw misused(given, 'needs milliseconds');
  if (more !== undefined) throw misused(given, 'takes a mean and a spread in milliseconds');
  const meanMs = milliseconds(given, mean.text);
  const spreadMs = spread === undefined ? 0 : milliseconds(given, spread.text.replace(/^(±|\+-)/, ''));
  if (spreadMs > meanMs) {
    throw new Misunderstood('The spread cannot be larger than the mean: no delay is below nothing.');
  }
  return { meanMs, spreadMs };
}

function milliseconds(given: Arguments, text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(ms|s)?$/i.exec(text);
  if (match?.[1] === undefined) throw misused(given, `needs milliseconds, and “${shortened(text)}” is no such number`);
  const amount = Number(match[1]) * (match[2]?.toLowerCase() === 's' ? 1000 : 1);
  if (amount > 60_000) throw new Misunderstood('A delay may be at most 60000 ms, a minute.');
  return amount;
}

/** Percent as a probability. */
function share(given: Arguments, words: readonly Word[]): number {
  const joined = words.map(({ text }) => text).join('');
  const match = /^(\d+(?:\.\d+)?|\.\d+)%?$/.exec(joined);
  if (match?.[1] === undefined) throw misused(given, 'needs a percentage');
  const percent = Number(match[1]);
  if (percent > 100) throw new Misunderstood('A percentage goes from 0 to 100.');
  return percent / 100;
}

function speed(given: Arguments): number {
  const joined = given.words.map(({ text }) => text).join('');
  const match = /^(\d+(?:\.\d+)?|\.\d+)(?:\/(\d+(?:\.\d+)?))?x?$/i.exec(joined);
  if (match?.[1] === undefined) throw misused(given, 'needs a number or a fraction');
  const times = Number(match[1]) / Number(match[2] ?? 1);
  if (!(times >= MIN_SPEED && times <= MAX_SPEED)) throw new Misunderstood('Speed goes from 1/1000 to 20.');
  return times;
}

function reset(given: Arguments): Command {
  const numbers = new Map<string, number>();
  let config: Partial<RunConfig> = {};
  const words = given.words.flatMap(({ text }) => text.toLowerCase().split('=')).filter((text) => text !== '');
  for (let position = 0; position < words.length; position++) {
    const name = words[position] ?? '';
    const chosen = Object.hasOwn(resetSwitches, name) ? resetSwitches[name] : undefined;
    if (chosen !== undefined) {
      config = { ...config, ...chosen.config };
      continue;
    }
    position += 1;
    const value = words[position];
    if (name === 'sabotage') {
      config = { ...config, sabotages: [...new Set([...(config.sabotages ?? []), sabotageNamed(value)])] };
      continue;
    }
    if (!resetNumbers.some((known) => known === name) || value === undefined || !/^\d{1,10}$/.test(value)) {
      const known = `${resetNumbers.slice(0, -1).join(', ')} and ${resetNumbers.at(-1)}`;
      throw misused(given, `takes ${known}, each with a number, names of switches, and sabotages`);
    }
    const limit = Object.hasOwn(resetLimits, name) ? resetLimits[name] : undefined;
    if (limit === undefined) numbers.set(name, Number(value));
    else config = { ...config, [limit.name]: Number(value) };
  }
  const [nodes, seed] = [numbers.get('nodes'), numbers.get('seed')];
  if (nodes === 0) throw new Misunderstood('A cluster needs at least one node.');
  if (seed !== undefined && seed > MAX_SEED) throw new Misunderstood(`A seed goes from 0 to ${MAX_SEED}.`);
  return { type: 'reset', nodes, seed, ...(Object.keys(config).length > 0 && { config }) };
}

function sabotageNamed(word: string | undefined): SabotageName {
  if (word === undefined) throw new Misunderstood('After “sabotage” comes the name of one; Tab offers them.');
  const name = sabotageNames.find((known) => known === word);
  if (name !== undefined) return name;
  const meant = closestWord(word, sabotageNames);
  const hint = meant === undefined ? `There are ${sabotageNames.join(', ')}.` : `Did you mean ${meant}?`;
  throw new Misunderstood(`There is no sabotage “${shortened(word)}”. ${hint}`);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
