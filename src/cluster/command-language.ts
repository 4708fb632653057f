import type { Operation } from '../kv/command.ts';
import { checkOperation } from '../kv/limits.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';
import type { Action, DirectedLink, DiskDamage, DiskWrites } from '../timeline/action.ts';
import { splitShapes } from '../timeline/split-shapes.ts';
import { closestWord } from './closest-word.ts';
import { delay, flapping, lateness, oneDuration, share, speed } from './command-amounts.ts';
import {
  type Arguments,
  Misunderstood,
  anyNode,
  isWord,
  linksAmong,
  misused,
  node,
  nodesAfterOn,
  nothingMore,
  numberOnNodes,
  oneKey,
  oneNode,
  parts,
  shortened,
  splitAtOn,
  texts,
  twoEnds,
} from './command-arguments.ts';
import { type CommandName, commandAliases, commandHelp } from './command-help.ts';
import { type Word, wordsOf } from './command-words.ts';
import type { Command, ParsedLine } from './command.ts';
import { read } from './read-command.ts';
import { reset } from './reset-command.ts';

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
    const writes = more === undefined && word !== undefined ? diskWrites.get(word.text.toLowerCase()) : undefined;
    if (writes !== undefined) return action({ type: 'set-disk', nodes, writes });
    if (word !== undefined && isWord('lies')(word)) {
      const unsynced = Number(more?.text ?? '5');
      if (!Number.isInteger(unsynced) || before.length > 2) throw misused(given, 'lies of a number of writes');
      return action({ type: 'set-disk', nodes, unsynced });
    }
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
  copy: (given) => action({ type: 'copy-disk', node: oneNode(given) }),
  restore: (given) => action({ type: 'restore-copy', node: oneNode(given) }),
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

const diskWrites: ReadonlyMap<string, DiskWrites> = new Map([
  ['ok', 'kept'],
  ['fails', 'fail-next'],
  ['full', 'full'],
]);

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
