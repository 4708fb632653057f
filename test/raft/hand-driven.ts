import type { Effect } from '../../src/raft/effect.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import type { Input } from '../../src/raft/input.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import type { Message } from '../../src/raft/message.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import { paperRules } from '../../src/raft/rules.ts';
import type { Rules } from '../../src/raft/rules.ts';

interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

/** A cluster in which just that happens which the test says, on disks that take no time: for schedules that are told step by step. */
export class HandDriven {
  /** What nodes did not do because it was refused. */
  readonly refused: string[] = [];
  private readonly nodes = new Map<NodeId, RaftNode>();
  private readonly flights: Flight[] = [];
  private nowUs = 0;

  constructor(members: readonly NodeId[], spares: readonly NodeId[], rules: Partial<Rules> = {}) {
    for (const id of [...members, ...spares]) {
      const config = {
        id,
        members: members.includes(id) ? members : [],
        electionTimeoutMinUs: 150_000,
        electionTimeoutMaxUs: 300_000,
        heartbeatUs: 50_000,
        maxEntriesPerAppend: 64,
        maxUncommittedEntries: 1_000,
        observe: true,
      };
      const disk = { term: 0, votedFor: undefined, entries: [] };
      this.nodes.set(id, new RaftNode(config, disk, 1, 0, { ...paperRules, ...rules }));
      this.turn(id);
    }
  }

  node(id: NodeId): RaftNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`There is no ${id}.`);
    return node;
  }

  turn(id: NodeId, ...inputs: readonly Input[]): void {
    this.carryOut(id, this.node(id).step(this.nowUs, inputs));
  }

  /** It stands for election, in the next term; a leader first hears of a higher one. */
  stand(id: NodeId): void {
    const { role, term } = this.node(id);
    const reply = { type: 'request-vote-reply', term: term + 1, granted: false } as const;
    const peer = this.node(id).configuration.voters.find((other) => other !== id) ?? id;
    if (role === 'leader') this.turn(id, { type: 'message', from: peer, message: reply });
    this.turn(id, { type: 'time-out-now' });
  }

  propose(id: NodeId, command: string): void {
    this.turn(id, { type: 'propose', proposalId: 1, command });
  }

  change(id: NodeId, change: MembershipChange): void {
    this.turn(id, { type: 'change-membership', change });
  }

  /** What is said among these arrives, in order, until they are silent; all else is lost. Of all kinds, or of these only. */
  settle(among: readonly NodeId[], types?: readonly Message['type'][]): void {
    for (let first = this.flights.shift(); first !== undefined; first = this.flights.shift()) {
      const { from, to, message } = first;
      if (!among.includes(from) || !among.includes(to)) continue;
      if (types !== undefined && !types.includes(message.type)) continue;
      this.turn(to, { type: 'message', from, message });
    }
  }

  /** The leader says again what it has to say. */
  heartbeat(id: NodeId): void {
    this.nowUs = Math.max(this.nowUs, this.node(id).deadlineUs);
    this.turn(id, { type: 'timer' });
  }

  private carryOut(id: NodeId, effects: readonly Effect[]): void {
    const held: Flight[] = [];
    let written = 0;
    for (const effect of effects) {
      if (effect.type === 'persist') written = effect.sequence;
      if (effect.type === 'membership-refused') this.refused.push(effect.reason);
      if (effect.type === 'send') held.push({ from: id, to: effect.to, message: effect.message });
    }
    this.flights.push(...held);
    if (written > 0) this.turn(id, { type: 'persisted', sequence: written });
  }
}
