import type { RaftConfig } from '../src/raft/config.ts';
import type { Entry, NodeId } from '../src/raft/entry.ts';
import type { Input } from '../src/raft/input.ts';
import { RaftNode } from '../src/raft/raft-node.ts';

/** The most commands that one cluster of a benchmark is given. */
export const MAX_PROPOSALS = 50_000;

/** Commands of 16 bytes. */
const commands = Array.from({ length: MAX_PROPOSALS }, (_, proposal) => `command ${String(proposal).padStart(8, '0')}`);

/** Where one node stands: its core, and what it has applied. */
export interface Home {
  readonly node: RaftNode;
  /** What it gets in its next turn, and the array that it got in its last one, to be filled again. */
  inbox: Input[];
  spare: Input[];
  /** How many commands it has applied. */
  applied: number;
}

/** A whole cluster in one thread. What a node sends is in the receiver's inbox at once; a write is durable at once. */
export class Cluster {
  private readonly homes: Home[] = [];
  private readonly byId = new Map<NodeId, Home>();
  private readonly own: Input[] = [];
  private nowUs = 0;

  /** How many messages have been sent between nodes. */
  sent = 0;

  /** Every node begins with the same log, of term 1; `entries` is shared by all. */
  constructor(size: number, config: Partial<RaftConfig> = {}, entries: readonly Entry[] = []) {
    const members = Array.from({ length: size }, (_, position) => `n${position + 1}`);
    for (const id of members) {
      const whole: RaftConfig = {
        id,
        members,
        electionTimeoutMinUs: 150_000,
        electionTimeoutMaxUs: 300_000,
        heartbeatUs: 50_000,
        maxEntriesPerAppend: 64,
        maxUncommittedEntries: 1_000,
        observe: false,
        ...config,
      };
      const node = new RaftNode(whole, { term: entries.length > 0 ? 1 : 0, votedFor: undefined, entries }, 1, 0);
      const home: Home = { node, inbox: [], spare: [], applied: 0 };
      this.homes.push(home);
      this.byId.set(id, home);
    }
  }

  /** Makes the last node the leader, so that the round after a proposal begins with those who follow it. */
  elect(): Home {
    const last = this.homes.at(-1);
    if (last === undefined) throw new Error('A cluster has at least one node.');
    this.turn(last, [{ type: 'time-out-now' }]);
    this.deliverAll();
    if (last.node.role !== 'leader') throw new Error('The node was not elected.');
    return last;
  }

  propose(leader: Home, first: number, count: number): void {
    const inputs = this.own;
    while (inputs.length > 0) inputs.pop();
    for (let position = 0; position < count; position++) {
      const proposalId = first + position;
      inputs.push({ type: 'propose', proposalId, command: commands[proposalId] });
    }
    this.turn(leader, inputs);
  }

  /** The leader's next heartbeat, which tells the followers what was committed last. */
  beat(leader: Home): void {
    this.nowUs = leader.node.deadlineUs;
    this.turn(leader, [{ type: 'timer' }]);
  }

  /** Every node with something in its inbox takes a turn, until all is quiet. */
  deliverAll(): void {
    let busy = true;
    while (busy) {
      busy = false;
      for (const home of this.homes) {
        if (home.inbox.length === 0) continue;
        busy = true;
        const inputs = home.inbox;
        home.inbox = home.spare;
        this.turn(home, inputs);
        while (inputs.length > 0) inputs.pop();
        home.spare = inputs;
      }
    }
  }

  /** Throws unless every node has applied all of so many commands. */
  verify(proposals: number): void {
    for (const { node, applied } of this.homes) {
      if (applied !== proposals) throw new Error(`${node.id} applied ${applied} of ${proposals} commands.`);
    }
  }

  private turn(home: Home, inputs: readonly Input[]): void {
    const { node } = home;
    for (const effect of node.step(this.nowUs, inputs)) {
      switch (effect.type) {
        case 'persist':
          // Durable at once, so what waits for it may be sent at once as well.
          home.inbox.push({ type: 'persisted', sequence: effect.sequence });
          break;
        case 'send':
          this.sent++;
          this.byId.get(effect.to)?.inbox.push({ type: 'message', from: node.id, message: effect.message });
          break;
        case 'apply':
          for (const entry of effect.entries) {
            if (entry.type !== 'command') continue;
            if (entry.command !== commands[home.applied]) throw new Error(`${node.id} applied the wrong command.`);
            home.applied++;
          }
          break;
        case 'proposal-refused':
          throw new Error(`A proposal was refused: ${effect.reason}.`);
        case 'transfer-refused':
        case 'membership-refused':
          throw new Error(`A transfer that nobody asked for was refused: ${effect.reason}.`);
        case 'restore':
          throw new Error('A node that had no snapshot was to restore one.');
        case 'read-ready':
        case 'read-refused':
          throw new Error('A read that nobody asked for was answered.');
        case 'event':
          throw new Error(`An unobserved node made an event: ${JSON.stringify(effect.event)}`);
        case 'proposal-accepted':
          break;
      }
    }
  }
}
