import type { Effect } from '../../src/raft/effect.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import type { Input } from '../../src/raft/input.ts';
import type { Persisted } from '../../src/raft/raft-state.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import { paperRules, type Rules } from '../../src/raft/rules.ts';
import { clockReading, trueClock } from '../../src/timeline/node-clock.ts';

const members = ['n1', 'n2', 'n3'];
const STEP_US = 10_000;

/**
 * Three nodes with leases of 400 ms, on clocks that may be off by a tenth. n1 leads; then it is cut off from all, and
 * another takes over. Messages and disks take no time at all, so that all that is left to chance is what a rule decides.
 */
export class LeaseScene {
  private readonly rules: Rules;
  private readonly nodes = new Map<NodeId, RaftNode>();
  private readonly disks = new Map<NodeId, Persisted>();
  private readonly drifts = new Map<NodeId, number>();
  private readonly committed: NodeId[] = [];
  private cutOff: NodeId | undefined;
  private nowUs = 0;
  private answered = 0;

  constructor(rules: Partial<Rules> = {}) {
    this.rules = { ...paperRules, ...rules };
    for (const id of members) {
      this.disks.set(id, { term: 0, votedFor: undefined, entries: [] });
      this.start(id);
    }
  }

  /** Whether n1, its clock off by so much, answers a read by its lease when the next leader has committed something. */
  readsAfterElectionOf(next: NodeId, driftPpm: number): boolean {
    this.drifts.set('n1', driftPpm);
    this.drifts.set('n2', -driftPpm);
    this.drifts.set('n3', -driftPpm);
    this.lead();
    this.cutOff = 'n1';
    this.turn(next, [{ type: 'time-out-now' }]);
    return this.readsStale(next);
  }

  readsAfterTransferTo(next: NodeId): boolean {
    this.lead();
    this.turn('n1', [{ type: 'transfer-leadership', to: next }], () => (this.cutOff = 'n1'));
    return this.readsStale(next);
  }

  readsAfterRestartOf(voters: readonly NodeId[]): boolean {
    this.lead();
    this.cutOff = 'n1';
    for (const voter of voters) this.start(voter);
    this.turn('n2', [{ type: 'time-out-now' }]);
    return this.readsStale('n2');
  }

  /** n1 leads, and holds a lease. */
  private lead(): void {
    this.turn('n1', [{ type: 'time-out-now' }]);
    for (let beat = 0; beat < 10; beat++) this.pass();
    if (this.node('n1').lease.heldUntilUs <= this.nowUs) throw new Error('n1 holds no lease.');
  }

  /** Time passes until `next` has committed something in its term. */
  private readsStale(next: NodeId): boolean {
    this.committed.length = 0;
    for (let step = 0; step < 200; step++) {
      if (this.committed.includes(next)) {
        const before = this.answered;
        this.turn('n1', [{ type: 'read', readId: 1, mode: 'lease' }]);
        return this.answered > before;
      }
      this.pass();
      if (step === 0) this.turn(next, [{ type: 'propose', proposalId: 1, command: 'x' }]);
    }
    throw new Error(`${next} has committed nothing.`);
  }

  private pass(): void {
    this.nowUs += STEP_US;
    for (const id of members) this.turn(id, [{ type: 'timer' }]);
  }

  private start(id: NodeId): void {
    const config = {
      id,
      members,
      electionTimeoutMinUs: 10_000_000,
      electionTimeoutMaxUs: 20_000_000,
      heartbeatUs: 50_000,
      maxEntriesPerAppend: 10,
      maxUncommittedEntries: 10,
      lease: { durationUs: 400_000, driftPpm: 100_000 },
      observe: true,
    };
    const disk = this.disks.get(id) ?? { term: 0, votedFor: undefined, entries: [] };
    this.nodes.set(id, new RaftNode(config, disk, 1, this.readingOf(id), this.rules));
    this.turn(id, []);
  }

  /** A turn, and all that comes of it until everybody is at rest. `afterwards` comes right after the first turn. */
  private turn(first: NodeId, inputs: readonly Input[], afterwards?: () => void): void {
    const queue: (readonly [NodeId, readonly Input[]])[] = [[first, inputs]];
    let then = afterwards;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [id, given] = next;
      for (const effect of this.node(id).step(this.readingOf(id), given)) {
        const came = this.carryOut(id, effect);
        if (came !== undefined) queue.push(came);
      }
      if (queue.length > 10_000) throw new Error('They never come to rest.');
      then?.();
      then = undefined;
    }
  }

  private carryOut(id: NodeId, effect: Effect): readonly [NodeId, readonly Input[]] | undefined {
    switch (effect.type) {
      case 'persist':
        this.persist(id, effect);
        return [id, [{ type: 'persisted', sequence: effect.sequence }]];
      case 'send':
        if (this.cutOff === id || this.cutOff === effect.to) return undefined;
        return [effect.to, [{ type: 'message', from: id, message: effect.message }]];
      case 'apply':
        this.committed.push(id);
        return undefined;
      case 'read-ready':
        if (effect.via === 'lease') this.answered += 1;
        return undefined;
      default:
        return undefined;
    }
  }

  private persist(id: NodeId, { term, votedFor, truncateFrom, entries }: Extract<Effect, { type: 'persist' }>): void {
    const held = this.disks.get(id)?.entries ?? [];
    const kept = truncateFrom === undefined ? held : held.slice(0, truncateFrom - 1);
    this.disks.set(id, { term, votedFor, entries: [...kept, ...entries] });
  }

  private node(id: NodeId): RaftNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`There is no ${id}.`);
    return node;
  }

  private readingOf(id: NodeId): number {
    return clockReading({ ...trueClock, driftPpm: this.drifts.get(id) ?? 0 }, this.nowUs);
  }
}
