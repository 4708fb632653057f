import type { Operation } from '../kv/command.ts';
import type { NodeId } from '../raft/entry.ts';
import type { MembershipChange } from '../raft/membership-change.ts';

/** One direction of a link. */
export interface DirectedLink {
  readonly from: NodeId;
  readonly to: NodeId;
}

/** A delay drawn uniformly from [mean - spread, mean + spread], in virtual milliseconds, never below the floor. */
export interface Delay {
  readonly meanMs: number;
  readonly spreadMs: number;
}

/** What becomes of writes to a disk: they are kept; the next one fails; or there is no room, and all fail. */
export type DiskWrites = 'kept' | 'fail-next' | 'full';

/** What befalls the records of a disk whose node is down. Where there is no such record, nothing does. */
export type DiskDamage =
  /** One bit is not what was written: in the entry at `index` (left out: the last), the term and vote, the snapshot, or whose disk it is. */
  | {
      readonly type: 'flip-byte';
      readonly record: 'entry' | 'state' | 'snapshot' | 'identity';
      readonly index?: number;
    }
  /** These entries are gone. */
  | { readonly type: 'lose-entries'; readonly from: number; readonly to: number }
  /** The beginning of an entry that was never whole stands behind the log's end. */
  | { readonly type: 'torn-write' };

/** What is late: it befalls a message with the probability `chance`, 0 to 1, and `delay` is how late. */
export interface Lateness {
  readonly chance: number;
  readonly delay: Delay;
}

/** How a link treats messages. `loss` and `duplication` are probabilities, 0 to 1. */
export interface LinkQuality {
  readonly latency: Delay;
  readonly loss: number;
  readonly duplication: number;
  /** Messages that are held back for so long on top of their latency, so that later ones overtake them. Left out: none. */
  readonly reordering?: Lateness;
  /** Messages of which a copy comes, so long after them. Left out: none. */
  readonly replay?: Lateness;
}

/**
 * What a person, a script or the fuzzer does to the cluster. With its virtual time it is part of the run.
 * `links` or `nodes` undefined means all of them.
 */
export type Action =
  | { readonly type: 'kill'; readonly node: NodeId }
  | { readonly type: 'revive'; readonly node: NodeId }
  /** Kill and revive in the same moment. */
  | { readonly type: 'restart'; readonly node: NodeId }
  /** The process stands still (SIGSTOP): nothing is handled, what arrives waits. */
  | { readonly type: 'pause'; readonly node: NodeId }
  | { readonly type: 'resume'; readonly node: NodeId }
  /** The node's election timer runs out this moment. */
  | { readonly type: 'time-out-now'; readonly node: NodeId }
  /** `from`, if it leads, hands its lead over to `to`. */
  | { readonly type: 'transfer'; readonly from: NodeId; readonly to: NodeId }
  /** The node takes a snapshot of what it has applied, and compacts its log. */
  | { readonly type: 'snapshot'; readonly node: NodeId }
  /** A new machine, of a name that no other has had, outside of the cluster: it waits for a leader to write to it. */
  | { readonly type: 'start-node'; readonly node: NodeId }
  /** `from`, if it leads, changes who belongs to the cluster. */
  | { readonly type: 'change-membership'; readonly from: NodeId; readonly change: MembershipChange }
  | { readonly type: 'cut'; readonly links: readonly DirectedLink[] }
  /** What is cut, clogged or flapping is not any more. */
  | { readonly type: 'heal'; readonly links: readonly DirectedLink[] | undefined }
  /** Cuts every link of the node, both ways. */
  | { readonly type: 'isolate'; readonly node: NodeId }
  /**
   * Takes back all cuts, then cuts every link between nodes that are in no group together; those in no group at all stay
   * together as one more group.
   */
  | { readonly type: 'split'; readonly groups: readonly (readonly NodeId[])[] }
  | {
      readonly type: 'set-links';
      readonly links: readonly DirectedLink[] | undefined;
      readonly quality: Partial<LinkQuality>;
    }
  /** What is sent over these links in the next `forMs` is held back until they have passed, and then arrives. 0: they are free. */
  | { readonly type: 'clog'; readonly links: readonly DirectedLink[]; readonly forMs: number }
  /** From now on these links are down for `downMs`, then up for `upMs`, and so on. A `downMs` of 0: they are steady. */
  | { readonly type: 'flap'; readonly links: readonly DirectedLink[]; readonly downMs: number; readonly upMs: number }
  /** Of these disks, what is given: how long a write takes, what becomes of it, and whether they tell the truth. */
  | {
      readonly type: 'set-disk';
      readonly nodes: readonly NodeId[] | undefined;
      readonly latency?: Delay;
      readonly writes?: DiskWrites;
      /** So many of the last writes are lost with the power, although the disk had said that they are durable. 0: it is honest. */
      readonly unsynced?: number;
    }
  /** The disk of a node that is down is damaged. What it comes to is found out when the node is to start from it. */
  | { readonly type: 'damage-disk'; readonly node: NodeId; readonly damage: DiskDamage }
  /** Two nodes that are down have each other's disk. */
  | { readonly type: 'swap-disks'; readonly node: NodeId; readonly with: NodeId }
  /** A copy of the disk of a node that is down is put aside, in place of the one before. */
  | { readonly type: 'copy-disk'; readonly node: NodeId }
  /**
   * The disk of a node that is down becomes what the copy of it holds. The node forgets what it promised since, and cannot
   * know: that is past what Raft can bear (§5.1).
   */
  | { readonly type: 'restore-copy'; readonly node: NodeId }
  /** These nodes take so long over each message, one after the other; 0: none. */
  | { readonly type: 'set-handling'; readonly nodes: readonly NodeId[] | undefined; readonly delay: Delay }
  /** From now on these clocks run `driftPpm` millionths fast, or slow (below 0). */
  | { readonly type: 'set-clock'; readonly nodes: readonly NodeId[] | undefined; readonly driftPpm: number }
  /** These clocks jump ahead. They never go back. */
  | { readonly type: 'jump-clock'; readonly nodes: readonly NodeId[] | undefined; readonly byMs: number }
  /** A client asks for an operation. `requestId` names it, for good. */
  | { readonly type: 'request'; readonly client: string; readonly requestId: string; readonly operation: Operation }
  /**
   * These nodes lose their power, and with it all that was not on their disks: what reloading the page does. Clients lose
   * theirs too where `clients` is true: what they waited for, they will never know.
   */
  | { readonly type: 'power-failure'; readonly nodes: readonly NodeId[]; readonly clients: boolean }
  /** These nodes, down, start again from their disks. */
  | { readonly type: 'power-return'; readonly nodes: readonly NodeId[] }
  /** The real machine failed the node (a full or corrupt database): it stops. `reason` is one sentence. */
  | { readonly type: 'crash'; readonly node: NodeId; readonly reason: string };

/** An action with the virtual moment at which it is done, in microseconds. It precedes all else at that moment. */
export interface TimedAction {
  readonly atUs: number;
  readonly action: Action;
}
