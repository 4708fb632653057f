import { describeConfiguration } from '../../timeline/describe-configuration.ts';
import { describeOperation } from '../../timeline/describe.ts';
import type { Entry } from '../../raft/entry.ts';
import { entryAt } from '../../timeline/node-log.ts';
import type { NodeView, View } from '../../timeline/view.ts';
import { byteCount, listed } from '../../timeline/words.ts';
import { operationOf } from './entry-words.ts';

/** What there is to say of one place in one node's log, a line each. */
export function explainPlace(view: View, nodeId: string, index: number): readonly string[] {
  const node = view.nodes[nodeId];
  if (node === undefined) return [];
  const entry = entryAt(node, index);
  const gone = node.overwritten.findLast((one) => one.entry.index === index)?.entry;
  if (entry === undefined && index <= node.base.index) return compacted(node, index);
  if (entry === undefined) {
    return gone === undefined
      ? [`${nodeId} has no entry ${index}`]
      : [
          `${nodeId}: entry ${index} of term ${gone.term} is gone`,
          `It was: ${commandOf(gone)}. It was never committed.`,
        ];
  }
  const lines = [`Entry ${index} of term ${entry.term}: ${commandOf(entry)}`, agreement(view, node, entry)];
  const durable = index <= node.durableIndex ? `On ${nodeId}’s disk` : `Not yet on ${nodeId}’s disk`;
  lines.push(`${durable}${index <= node.lastApplied ? ', applied to its store' : ''}.`);
  if (gone !== undefined && gone.term !== entry.term) {
    lines.push(`Here stood an entry of term ${gone.term}, overwritten: ${commandOf(gone)}.`);
  }
  return lines;
}

function commandOf(entry: Entry): string {
  if (entry.type === 'configuration') return `the members are ${describeConfiguration(entry.configuration)}`;
  const operation = operationOf(entry);
  return operation === undefined ? 'nothing (a new leader’s first entry)' : describeOperation(operation);
}

/** Of an entry that the log no longer holds. */
function compacted(node: NodeView, index: number): readonly string[] {
  const { snapshot } = node;
  const until =
    snapshot === undefined ? '' : ` It holds all up to entry ${snapshot.index}, in ${byteCount(snapshot.bytes)}.`;
  return [
    `${node.id}: entry ${index} is in its snapshot (§7)`,
    `Its log begins behind entry ${node.base.index}.${until}`,
  ];
}

/** What a snapshot replaces is committed, and so the same on all who have it. */
function holds(node: NodeView | undefined, entry: Entry): boolean {
  if (node === undefined) return false;
  return entry.index <= node.base.index || entryAt(node, entry.index)?.term === entry.term;
}

/** Who holds the same entry, and who knows that it is committed. */
function agreement(view: View, node: NodeView, entry: Entry): string {
  const holders = view.world.nodes.filter((id) => holds(view.nodes[id], entry));
  const knowing = holders.filter((id) => entry.index <= (view.nodes[id]?.commitIndex ?? 0));
  const held = `It stands on ${holders.length} of ${view.world.nodes.length}`;
  if (knowing.length === 0) return `${held}; not committed as far as any node knows.`;
  if (knowing.length === view.world.nodes.length) return `${held}; committed, as all nodes know.`;
  const here = knowing.includes(node.id) ? '' : `, ${node.id} does not know it yet`;
  return `${held}; committed, as ${listed(knowing)} ${knowing.length === 1 ? 'knows' : 'know'}${here}.`;
}
