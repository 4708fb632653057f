import type { OperationResult } from '../../kv/command.ts';
import type { Entry, NodeId } from '../../raft/entry.ts';
import type { EventBody } from '../../timeline/event.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Evidence, Finding } from './breach.ts';
import { MAX_REMEMBERED, type Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';
import { isSameEntry } from './same-value.ts';

type Applied = Extract<EventBody, { readonly type: 'applied' }>;

interface AppliedFirst {
  readonly node: NodeId;
  readonly applied: Applied;
  readonly at: Evidence;
}

/** §5.4.3: no two nodes commit or apply different entries at one index, and an entry does the same on all of them. */
export class StateMachineSafety implements Invariant {
  readonly name = 'state-machine-safety';
  readonly sees = ['commit-advanced', 'applied'] as const;
  exercised = 0;
  readonly #applied = new BoundedMap<number, AppliedFirst>(MAX_REMEMBERED);

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { event } = at.event;
    if (event.type === 'commit-advanced') return committed(at, event.from, event.commitIndex, facts);
    return event.type === 'applied' ? this.#applies(at, event, facts) : undefined;
  }

  #applies(at: Evidence, applied: Applied, facts: Facts): Finding | undefined {
    const { actor } = at.event;
    const { entry } = applied;
    this.exercised += 1;
    const other = facts.committed.get(entry.index);
    if (other !== undefined && !isSameEntry(other.entry, entry)) {
      return differs({ entry, node: actor, did: 'applies' }, { ...other, did: 'committed' }, other.at);
    }
    const first = this.#applied.get(entry.index);
    if (first === undefined) {
      this.#applied.set(entry.index, { node: actor, applied, at });
      return undefined;
    }
    if (!isSameEntry(first.applied.entry, entry)) {
      const {
        node,
        applied: { entry: known },
      } = first;
      return differs({ entry, node: actor, did: 'applies' }, { entry: known, node, did: 'applied' }, first.at);
    }
    if (didTheSame(first.applied, applied)) return undefined;
    return {
      sentence: `Entry ${entry.index} did ${effectOf(first.applied)} on ${first.node}, and ${effectOf(applied)} on ${actor}.`,
      earlier: first.at,
      nodes: [first.node, actor],
      entries: [entry],
    };
  }
}

function committed(at: Evidence, from: number, to: number, facts: Facts): Finding | undefined {
  const { actor } = at.event;
  const { log } = facts.node(actor);
  if (log.lastIndex !== undefined && to > log.lastIndex) {
    return { sentence: `${actor} commits up to entry ${to}, and its log ends at ${log.lastIndex}.`, nodes: [actor] };
  }
  for (let index = Math.max(from, log.base.index) + 1; index <= to; index += 1) {
    const other = facts.committed.get(index);
    const own = log.entryAt(index);
    if (other === undefined || own === undefined || other.entry.term === own.term) continue;
    return differs({ entry: own, node: actor, did: 'commits' }, { ...other, did: 'committed' }, other.at);
  }
  return undefined;
}

/** An entry as a node has committed or applied it. */
interface Told {
  readonly entry: Entry;
  readonly node: NodeId;
  readonly did: 'commits' | 'applies' | 'committed' | 'applied';
}

function differs(own: Told, known: Told, earlier: Evidence): Finding {
  const { term, index } = own.entry;
  const instead = term === known.entry.term ? 'another one of that term' : `the one of term ${known.entry.term}`;
  return {
    sentence: `${own.node} ${own.did} the entry of term ${term} at index ${index}, where ${known.node} ${known.did} ${instead}.`,
    earlier,
    nodes: [known.node, own.node],
    entries: [known.entry, own.entry],
  };
}

function didTheSame(one: Applied, other: Applied): boolean {
  return (
    one.repeat === other.repeat &&
    one.change?.key === other.change?.key &&
    one.change?.value === other.change?.value &&
    isSameResult(one.result, other.result)
  );
}

function isSameResult(one: OperationResult | undefined, other: OperationResult | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.type === 'ok') return other.type === 'ok' && one.value === other.value;
  if (one.type === 'mismatch') return other.type === 'mismatch' && one.actual === other.actual;
  return one.type === other.type && one.message === other.message;
}

function effectOf({ change, repeat, result }: Applied): string {
  if (repeat) return 'nothing, as a repeat,';
  if (change === undefined) return result === undefined ? 'nothing' : `nothing ("${result.type}")`;
  return change.value === undefined ? `delete "${change.key}"` : `set "${change.key}" to "${change.value}"`;
}
