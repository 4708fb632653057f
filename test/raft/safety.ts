import { invariantBook } from '../../src/check/invariants/invariant-book.ts';
import { InvariantWatch } from '../../src/check/invariants/invariant-watch.ts';
import { inVirtualTime } from '../../src/host/virtual-time.ts';
import type { RaftConfig } from '../../src/raft/config.ts';
import type { Entry, NodeId } from '../../src/raft/entry.ts';
import type { Message } from '../../src/raft/message.ts';
import type { RaftEvent } from '../../src/raft/event.ts';
import type { Snapshot } from '../../src/raft/snapshot.ts';
import type { EventBody } from '../../src/timeline/event.ts';
import type { NodeClock } from '../../src/timeline/node-clock.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { toldMessage } from '../../src/timeline/told-message.ts';

/** A write as it was asked for. */
interface Write {
  readonly sequence: number;
  readonly term: number;
  readonly votedFor: NodeId | undefined;
}

/**
 * Tells the watch of all invariants what happens in a network of cores, as the timeline of a run would. Throws at a breach. What a
 * snapshot holds it compares by itself: these state machines are no stores.
 */
export class Safety {
  readonly seen = { leaders: 0, committed: 0, applied: 0, truncated: 0, refused: 0, restored: 0 };
  private readonly watch: InvariantWatch;
  private committed = 0;
  /** What a state machine is after each index: all that it was given, in short. */
  private readonly states: number[] = [0];
  private messages = 0;

  constructor(nodes: number, { lease }: Partial<RaftConfig>) {
    const leases = lease && { leases: { durationMs: lease.durationUs / 1_000, driftPpm: lease.driftPpm } };
    this.watch = new InvariantWatch({ ...defaultRunConfig, nodes, ...leases });
  }

  /** The last entry that any node was ever told to be committed. */
  get lastCommitted(): number {
    return this.committed;
  }

  /** What a core tells. That a write is durable is told by the disk itself. */
  event(atUs: number, id: NodeId, event: RaftEvent, clock: NodeClock): void {
    if (event.type === 'durable') return;
    if (event.type === 'became-leader') this.seen.leaders++;
    if (event.type === 'entries-truncated') this.seen.truncated++;
    if (event.type === 'append-refused') this.seen.refused++;
    if (event.type === 'commit-advanced') this.commitTo(event.commitIndex);
    this.tell(atUs, id, inVirtualTime(event, clock));
  }

  /** A turn is over, which ends with that write. */
  writeAsked(atUs: number, id: NodeId, { sequence }: Write): void {
    this.tell(atUs, id, { type: 'disk-write-started', sequence, dueUs: atUs });
  }

  written(atUs: number, id: NodeId, { sequence, term, votedFor }: Write): void {
    this.tell(atUs, id, { type: 'durable', sequence, term, votedFor, durableIndex: 0 });
  }

  applied(atUs: number, id: NodeId, entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.tell(atUs, id, { type: 'applied', entry, result: undefined, change: undefined, repeat: false });
      if (entry.index === this.states.length) this.states.push(mixed(this.states.at(-1) ?? 0, JSON.stringify(entry)));
      this.seen.applied++;
    }
  }

  /** The state machine after `index`, as a snapshot has it; undefined where nobody has got so far. */
  stateAt(index: number): Uint8Array | undefined {
    const state = this.states[index];
    return state === undefined ? undefined : new TextEncoder().encode(`after ${index} it is ${state}`);
  }

  /** §7: what a snapshot brings is what applying the log would have brought. */
  restored(id: NodeId, { index, data }: Snapshot): void {
    const text = new TextDecoder().decode(data);
    if (text !== new TextDecoder().decode(this.stateAt(index))) {
      throw new Error(`State Machine Safety: ${id} restored "${text}" as the state after ${index}.`);
    }
    this.seen.restored++;
  }

  leaves(atUs: number, from: NodeId, to: NodeId, message: Message): void {
    this.messages++;
    const messageId = `${from}.1.${this.messages}`;
    const told = { type: 'message-sent', messageId, to, dueUs: atUs, fate: 'sent', copy: false } as const;
    this.tell(atUs, from, { ...told, message: toldMessage(message) });
  }

  crashed(atUs: number, node: NodeId): void {
    this.tell(atUs, 'cluster', { type: 'action', action: { type: 'kill', node } });
  }

  private commitTo(commitIndex: number): void {
    if (commitIndex <= this.committed) return;
    this.seen.committed += commitIndex - this.committed;
    this.committed = commitIndex;
  }

  private tell(atUs: number, actor: NodeId, event: EventBody): void {
    const breach = this.watch.see({ atUs, actor, event });
    if (breach !== undefined) throw new Error(`${invariantBook[breach.invariant].title}: ${breach.sentence}`);
  }
}

/** A number that stands for a state and what was added to it. */
function mixed(state: number, text: string): number {
  let mix = state ^ 0x9e3779b9;
  for (let position = 0; position < text.length; position++) {
    mix = Math.imul(mix ^ text.charCodeAt(position), 0x01000193);
  }
  return mix >>> 0;
}
