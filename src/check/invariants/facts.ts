import type { Entry, NodeId } from '../../raft/entry.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { changeWorld, initialWorld, type World } from '../../timeline/world.ts';
import type { Action } from '../../timeline/action.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Evidence } from './breach.ts';
import { TrackedNode } from './tracked-node.ts';

/** How many indexes, terms, votes and commands are remembered of each kind, the last ones. */
export const MAX_REMEMBERED = 20_000;

/** What was committed at an index, by the first node that said so. */
export interface CommittedEntry {
  readonly entry: Entry;
  /** The term of the node that said so: leaders of later terms hold the entry. */
  readonly inTerm: number;
  readonly node: NodeId;
  readonly at: Evidence;
}

/** What the events so far have told of the cluster, as far as more than one invariant needs it. */
export class Facts {
  readonly config: RunConfig;
  /** Whether the first events of the run are missing. */
  beganLate: boolean;
  readonly nodes = new Map<NodeId, TrackedNode>();
  readonly committed = new BoundedMap<number, CommittedEntry>(MAX_REMEMBERED);
  /** The last index that any node is known to have committed. */
  lastCommitted = 0;
  world: World;

  constructor(config: RunConfig, beganLate: boolean, world: World = initialWorld(config)) {
    this.config = config;
    this.beganLate = beganLate;
    this.world = world;
  }

  node(id: NodeId): TrackedNode {
    const known = this.nodes.get(id);
    if (known !== undefined) return known;
    const node = new TrackedNode(id);
    if (!this.beganLate) {
      node.log.reset({ index: 0, term: 0 });
      node.disk.log.reset({ index: 0, term: 0 });
      node.disk.term = 0;
    }
    this.nodes.set(id, node);
    return node;
  }

  /** Takes the event in. */
  note(at: Evidence): void {
    const { actor, event } = at.event;
    switch (event.type) {
      case 'action':
        this.#act(event.action, at.event.atUs);
        return;
      case 'started':
        this.node(actor).started(event);
        return;
      case 'picture':
        this.beganLate = true;
        this.node(actor).pictured(event.picture);
        return;
      case 'term-advanced': {
        const node = this.node(actor);
        node.term = event.term;
        node.votedFor = undefined;
        return;
      }
      case 'became-pre-candidate':
        this.node(actor).role = 'pre-candidate';
        return;
      case 'became-candidate': {
        const node = this.node(actor);
        node.role = 'candidate';
        node.term = event.term;
        node.votedFor = actor;
        return;
      }
      case 'became-follower':
        this.node(actor).role = 'follower';
        return;
      case 'became-leader':
        this.node(actor).role = 'leader';
        this.node(actor).term = event.term;
        return;
      case 'vote-cast':
        if (event.granted) this.node(actor).votedFor = event.candidate;
        return;
      case 'configuration-changed':
        this.node(actor).configuration = event.configuration;
        return;
      case 'entries-appended':
        this.node(actor).append(event.entries);
        return;
      case 'entries-truncated':
        this.node(actor).truncateFrom(event.fromIndex);
        return;
      case 'commit-advanced':
        this.#commit(at, event.from, event.commitIndex);
        return;
      case 'applied':
        this.node(actor).lastApplied = event.entry.index;
        return;
      case 'snapshot-taken':
        this.node(actor).snapshotIndex = event.index;
        return;
      case 'snapshot-installed':
        this.node(actor).snapshotIndex = event.index;
        if (!event.keepsLog) this.node(actor).replaceLog({ index: event.index, term: event.term });
        return;
      case 'log-compacted':
        this.node(actor).log.compactTo({ index: event.index, term: event.term });
        return;
      case 'disk-write-started':
        this.node(actor).writeStarted(event.sequence);
        return;
      case 'durable':
        this.node(actor).durable(event);
        return;
      default:
        return;
    }
  }

  #commit(at: Evidence, from: number, commitIndex: number): void {
    const node = this.node(at.event.actor);
    node.commitIndex = commitIndex;
    if (commitIndex <= this.lastCommitted) return;
    for (let index = Math.max(from, this.lastCommitted) + 1; index <= commitIndex; index += 1) {
      const entry = node.log.entryAt(index);
      if (entry !== undefined) this.committed.set(index, { entry, inTerm: node.term, node: node.id, at });
    }
    this.lastCommitted = commitIndex;
  }

  #act(action: Action, atUs: number): void {
    const before = this.world;
    this.world = changeWorld(before, action, atUs);
    if (this.world === before) return;
    for (const [id, machine] of Object.entries(this.world.machines)) {
      const was = before.machines[id];
      if (machine === was) continue;
      if (machine.status === 'down' || machine.incarnation !== was?.incarnation) this.node(id).losePower();
    }
  }
}
