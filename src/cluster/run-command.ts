import type { Fate } from '../kv/client-message.ts';
import type { Operation, OperationResult } from '../kv/command.ts';
import { assertUnreachable } from '../raft/assert-unreachable.ts';
import type { Action, DirectedLink, DiskWrites, Lateness, LinkQuality } from '../timeline/action.ts';
import { describe, describeAction, isNoise } from '../timeline/describe.ts';
import { describeChange } from '../timeline/describe-membership.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import { countOf, shownDelay, shownDrift } from '../timeline/words.ts';
import { commandHelp } from './command-help.ts';
import type { Command } from './command.ts';
import { ClusterError, type ClusterControl } from './cluster-control.ts';
import type { ClusterSwitcher } from './cluster-switcher.ts';
import { readHelp } from './read-modes.ts';
import { wordFor } from './command-words.ts';
import { speedInWords } from './speed.ts';

/**
 * Does what a command asks, and says what happened in one sentence (help: several lines). An operation on the store
 * resolves when the request has come to its end. Rejects as {@link ClusterControl} does.
 */
export async function runCommand(
  control: ClusterControl,
  command: Command,
  switcher?: ClusterSwitcher,
): Promise<string> {
  switch (command.type) {
    case 'operation':
      return sentenceOfFate(command.operation, await submit(control, command.operation));
    case 'action':
      await control.act(command.action);
      return sentenceOfAction(command.action);
    case 'transfer':
      await control.transfer(command.to);
      return `The leader hands its lead over to ${command.to}, if it can.`;
    case 'add-node': {
      const { node, voter } = command;
      const added = await control.addNode({ ...(node === undefined ? {} : { node }), voter });
      return `The leader takes ${added} into the cluster, ${voter ? 'with a vote' : 'as a learner'}.`;
    }
    case 'membership':
      await changeMembership(control, command.change);
      return `The leader is to ${describeChange(command.change)}, and goes by that at once.`;
    case 'play':
      await control.play();
      return (await isReal(control)) ? 'The picture goes on.' : 'Virtual time passes.';
    case 'pause':
      await control.pause();
      return (await isReal(control)) ? 'The picture stands still; the cluster goes on.' : 'Virtual time stands still.';
    case 'step':
      return sentenceOfStep(await control.step());
    case 'speed':
      await control.speed(command.timesRealTime);
      return `The clock runs at ${speedInWords(command.timesRealTime)}.`;
    case 'undo': {
      const undone = await control.undo();
      return undone === undefined ? 'There is nothing to undo.' : `Undone: ${describeAction(undone)}.`;
    }
    case 'reset': {
      const { nodes, seed, config } = command;
      await control.reset({
        ...(nodes !== undefined && { nodes }),
        ...(seed !== undefined && { seed }),
        ...(config && { config }),
      });
      return 'A new cluster starts.';
    }
    case 'hunt':
      return 'A hunt is shown by the page.';
    case 'attach':
      await switcherOf(switcher).attach(command.address, command.token);
      return `Attached to the cluster at ${command.address}: it is real, and so is its time.`;
    case 'detach':
      await switcherOf(switcher).detach();
      return 'Back to the cluster of this page.';
    case 'help':
      return helpText(command.topic);
    default:
      return assertUnreachable(command);
  }
}

/** Of a real cluster only the picture can be stopped. */
async function isReal(control: ClusterControl): Promise<boolean> {
  return (await control.status()).clock.real !== undefined;
}

function switcherOf(switcher: ClusterSwitcher | undefined): ClusterSwitcher {
  if (switcher === undefined) throw new ClusterError('Only a page can show another cluster.');
  return switcher;
}

/** A step is told by the event that the timeline lists; one of heartbeats or timers alone by the last of them. */
function sentenceOfStep(events: readonly TimelineEvent[]): string {
  const told = events.find(({ event }) => !isNoise(event, undefined)) ?? events.at(-1);
  if (told === undefined) return 'Nothing is due: nothing happens until something is done.';
  const { text } = describe(told);
  return text.endsWith('.') ? text : `${text}.`;
}

function changeMembership(
  control: ClusterControl,
  change: Extract<Command, { readonly type: 'membership' }>['change'],
): Promise<void> {
  switch (change.type) {
    case 'promote':
      return control.promote(change.node);
    case 'demote':
      return control.demote(change.node);
    case 'remove':
      return control.removeNode(change.node);
    case 'set-voters':
      return control.changeMembers(change.voters, { leavesByItself: change.leavesByItself });
    case 'leave-joint':
      return control.leaveJoint();
    default:
      return assertUnreachable(change);
  }
}

/** Asks the store; resolves to what became of it. */
function submit(control: ClusterControl, operation: Operation): Promise<Fate> {
  switch (operation.type) {
    case 'get': {
      const { key, type: _type, ...how } = operation;
      return control.get(key, how);
    }
    case 'set':
      return control.set(operation.key, operation.value);
    case 'delete':
      return control.delete(operation.key);
    case 'append':
      return control.append(operation.key, operation.value);
    case 'compare-and-set':
      return control.cas(operation.key, operation.expected, operation.value);
    default:
      return assertUnreachable(operation);
  }
}

/** What became of a request, as one sentence. */
function sentenceOfFate(operation: Operation, fate: Fate): string {
  switch (fate.type) {
    case 'committed':
      return `${sentenceOfResult(operation, fate.result)}${howRead(fate)}`;
    case 'failed':
      return `${nameOf(operation)} failed: ${fate.reason}`;
    case 'unknown':
      return `${nameOf(operation)} may or may not happen: ${fate.reason}`;
    default:
      return assertUnreachable(fate);
  }
}

/** How a read without the log was answered. */
function howRead({ via, index }: Extract<Fate, { readonly type: 'committed' }>): string {
  if (via === undefined) return '';
  const doubt = via === 'stale' ? ': whoever was asked asked nobody, so it may be old' : '';
  return ` Read via ${via}, as of index ${index}${doubt}.`;
}

function sentenceOfResult(operation: Operation, result: OperationResult): string {
  const key = wordFor(operation.key);
  switch (result.type) {
    case 'ok':
      if (operation.type === 'delete') return `${key} is no longer there.`;
      return result.value === undefined ? `There is no key ${key}.` : `${key} is ${shown(result.value)}.`;
    case 'mismatch':
      return result.actual === undefined
        ? `Nothing was written: there is no key ${key}.`
        : `Nothing was written: ${key} is ${shown(result.actual)}.`;
    case 'refused':
    case 'expired':
      return `Nothing was written: ${result.message}`;
    default:
      return assertUnreachable(result);
  }
}

/** An operation as it is typed: `set x 5`. */
export function nameOf(operation: Operation): string {
  const key = shown(operation.key);
  switch (operation.type) {
    case 'get':
      return `get ${key}${wishOf(operation)}`;
    case 'set':
      return `set ${key} ${shown(operation.value)}`;
    case 'delete':
      return `del ${key}`;
    case 'append':
      return `append ${key} ${shown(operation.value)}`;
    case 'compare-and-set': {
      const { expected, value } = operation;
      return `cas ${key} ${expected === undefined ? 'none' : shown(expected)} ${shown(value)}`;
    }
    default:
      return assertUnreachable(operation);
  }
}

function wishOf({ mode, node, notBefore }: Extract<Operation, { readonly type: 'get' }>): string {
  const via = mode === undefined ? '' : ` via ${mode}`;
  const at = node === undefined ? '' : ` on ${node.slice(1)}`;
  return `${via}${at}${notBefore === undefined ? '' : ` not-before ${notBefore}`}`;
}

function shown(text: string): string {
  const word = wordFor(text);
  return word.length > 60 ? `${word.slice(0, 59)}…` : word;
}

/** What an action did, as one sentence. */
function sentenceOfAction(action: Action): string {
  switch (action.type) {
    case 'kill':
      return `${action.node} is dead; what was not on its disk is lost.`;
    case 'revive':
      return `${action.node} starts again from its disk.`;
    case 'restart':
      return `${action.node} was killed and starts again from its disk.`;
    case 'pause':
      return `${action.node} stands still; what arrives waits.`;
    case 'resume':
      return `${action.node} goes on.`;
    case 'time-out-now':
      return `${action.node}’s election timer ran out.`;
    case 'snapshot':
      return `${action.node} takes a snapshot of what it has applied.`;
    case 'transfer':
      return `${action.from} hands its lead over to ${action.to}, if it can.`;
    case 'start-node':
      return `${action.node} starts; it belongs to no cluster yet.`;
    case 'change-membership':
      return `${action.from} is asked to ${describeChange(action.change)}.`;
    case 'cut':
      return `Cut: ${linksInWords(action.links)}.`;
    case 'heal':
      return action.links === undefined ? 'All links are healed.' : `Healed: ${linksInWords(action.links)}.`;
    case 'isolate':
      return `${action.node} is cut off from all others.`;
    case 'split':
      return `The cluster is split: ${action.groups.map((group) => group.join(' ')).join(' | ')}.`;
    case 'set-links':
      return sentenceOfQuality(action.links, action.quality);
    case 'clog':
      return action.forMs === 0
        ? `Free again: ${linksInWords(action.links)}.`
        : `Clogged for ${countOf(action.forMs)} ms: ${linksInWords(action.links)}.`;
    case 'flap':
      return action.downMs === 0
        ? `Steady again: ${linksInWords(action.links)}.`
        : `Down for ${countOf(action.downMs)} ms, up for ${countOf(action.upMs)} ms, and so on: ${linksInWords(action.links)}.`;
    case 'set-disk':
      return sentenceOfDisk(action);
    case 'damage-disk':
      return `Done: ${describeAction(action)}. What it comes to shows when ${action.node} is revived.`;
    case 'swap-disks':
      return `${action.node} and ${action.with} have each other’s disk.`;
    case 'copy-disk':
      return `A copy of ${action.node}’s disk is put aside.`;
    case 'restore-copy':
      return `${action.node}’s disk is its copy again: ${action.node} will not remember what it promised since.`;
    case 'set-handling':
      return `${action.nodes === undefined ? 'Every node' : action.nodes.join(', ')} now takes ${shownDelay(action.delay)} over each message.`;
    case 'set-clock':
      return `The clock of ${nodesInWords(action.nodes)} now runs ${shownDrift(action.driftPpm)}.`;
    case 'jump-clock':
      return `The clock of ${nodesInWords(action.nodes)} jumped ${countOf(action.byMs)} ms ahead.`;
    case 'request':
      return `${nameOf(action.operation)} was asked for.`;
    case 'power-failure':
      return `The power failed for ${action.nodes.join(', ')}.`;
    case 'power-return':
      return `The power is back for ${action.nodes.join(', ')}.`;
    case 'crash':
      return `${action.node} stopped: ${action.reason}`;
    default:
      return assertUnreachable(action);
  }
}

function sentenceOfDisk({ nodes, latency, writes, unsynced }: Extract<Action, { readonly type: 'set-disk' }>): string {
  const where = nodes === undefined ? 'disk' : `the disk of ${nodes.join(', ')}`;
  const whose = nodes === undefined ? 'every node' : nodes.join(', ');
  const says = [
    latency === undefined ? undefined : `A write to ${where} now takes ${shownDelay(latency)}.`,
    writes === undefined ? undefined : sentenceOfWrites(writes, whose),
    unsynced === undefined ? undefined : sentenceOfLie(unsynced, whose),
  ];
  return says.filter((sentence) => sentence !== undefined).join(' ');
}

function sentenceOfLie(unsynced: number, whose: string): string {
  return unsynced === 0
    ? `The disk of ${whose} tells the truth, from the next write on.`
    : `The disk of ${whose} loses its last ${unsynced} writes with the power, and says nothing of it.`;
}

function sentenceOfWrites(writes: DiskWrites, whose: string): string {
  switch (writes) {
    case 'kept':
      return `The disk of ${whose} keeps what is written.`;
    case 'fail-next':
      return `The next write to the disk of ${whose} fails, and with it the node.`;
    case 'full':
      return `The disk of ${whose} is full: the next write stops the node, until there is room.`;
    default:
      return assertUnreachable(writes);
  }
}

function sentenceOfQuality(links: readonly DirectedLink[] | undefined, quality: Partial<LinkQuality>): string {
  const where = links === undefined ? 'Every link' : `The link ${linksInWords(links)}`;
  const says = [
    quality.latency === undefined ? undefined : `takes ${shownDelay(quality.latency)}`,
    quality.loss === undefined ? undefined : `loses ${percent(quality.loss)} of its messages`,
    quality.duplication === undefined ? undefined : `doubles ${percent(quality.duplication)} of its messages`,
    quality.reordering === undefined ? undefined : `holds back ${latenessInWords(quality.reordering)}`,
    quality.replay === undefined ? undefined : `replays ${latenessInWords(quality.replay)} later`,
  ].filter((clause) => clause !== undefined);
  return `${where} now ${says.join(', ')}.`;
}

function nodesInWords(nodes: readonly string[] | undefined): string {
  return nodes === undefined ? 'every node' : nodes.join(', ');
}

function latenessInWords({ chance, delay }: Lateness): string {
  return chance === 0 ? 'none of its messages' : `${percent(chance)} of its messages ${shownDelay(delay)}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

/** Pairs of directions read as one link: `n1 – n2`; a single direction as `n1 → n2`. */
function linksInWords(links: readonly DirectedLink[]): string {
  const has = new Set(links.map(({ from, to }) => `${from}>${to}`));
  const words = links.flatMap(({ from, to }) => {
    if (!has.has(`${to}>${from}`)) return [`${from} → ${to}`];
    return from < to ? [`${from} – ${to}`] : [];
  });
  return words.join(', ');
}

function helpText(topic: string | undefined): string {
  if (topic === undefined) {
    const lines = commandHelp.map(({ usage, summary }) => `${usage}: ${summary}`);
    return ['Nodes are written 3, n3 or leader; text with spaces in quotes.', ...lines].join('\n');
  }
  const help = commandHelp.find(({ name }) => name === topic);
  if (help === undefined) return `There is no help on ${topic}.`;
  const line = `${help.usage}: ${help.summary}. Example: ${help.example}`;
  if (topic !== 'get') return line;
  return [line, ...readHelp.map(([way, meaning]) => `${way}: ${meaning}`)].join('\n');
}
