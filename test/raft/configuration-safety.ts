import { isJoint, isVoter, type Configuration } from '../../src/raft/configuration.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import type { RaftEvent } from '../../src/raft/event.ts';

/** What a node has said of itself. */
interface Known {
  configuration: Configuration;
  isLeader: boolean;
  term: number;
  /** Who said yes to its candidacy, itself included. */
  votes: Set<NodeId>;
  /** How far each peer is known to agree with it, and how far its own disk has got. */
  readonly matchIndexes: Map<NodeId, number>;
}

/**
 * Watches the quorums: every two of them that could decide something after one another have a node in common. It goes by
 * events alone, for a turn may do several things. Throws at a breach.
 */
export class ConfigurationSafety {
  readonly seen = { changes: 0, joint: 0, promoted: 0, elections: 0, removedLeaders: 0 };
  /** By the term of the leader: who held the last entry that it committed. */
  private readonly committing = new Map<number, readonly NodeId[]>();
  private readonly nodes = new Map<NodeId, Known>();

  event(id: NodeId, event: RaftEvent): void {
    if (event.type === 'started') this.nodes.set(id, newlyKnown(event.configuration));
    const known = this.nodes.get(id);
    if (known === undefined) return;
    switch (event.type) {
      case 'configuration-changed':
        if (known.isLeader) this.stepOverlaps(id, known.configuration, event.configuration);
        known.configuration = event.configuration;
        break;
      case 'became-candidate':
        known.votes = new Set([id]);
        break;
      case 'vote-counted':
        if (event.granted && event.rule === 'vote-tally') known.votes.add(event.from);
        break;
      case 'became-leader':
        known.isLeader = true;
        known.term = event.term;
        for (const peer of event.peers) known.matchIndexes.set(peer, 0);
        this.electionOverlaps(id, known);
        break;
      case 'became-follower':
        known.isLeader = false;
        if (event.rule === 'removed-leader') this.seen.removedLeaders++;
        break;
      case 'progress-changed':
        known.matchIndexes.set(event.peer, event.matchIndex);
        break;
      case 'durable':
        known.matchIndexes.set(id, event.durableIndex);
        break;
      case 'commit-advanced':
        if (known.isLeader) this.committing.set(known.term, holdersOf(known, event.commitIndex));
        break;
      default:
        break;
    }
  }

  /** Thesis 4.1, §6: a majority of the one configuration and a majority of the next have a node in common. */
  private stepOverlaps(id: NodeId, before: Configuration, next: Configuration): void {
    this.seen.changes++;
    if (isJoint(next)) this.seen.joint++;
    if (next.voters.some((voter) => before.learners.includes(voter))) this.seen.promoted++;
    const apart = quorumsOf(before).find((quorum) => quorumsOf(next).some((other) => !meets(quorum, other)));
    if (apart === undefined) return;
    const step = `from ${shown(before)} to ${shown(next)}`;
    throw new Error(`Configuration safety: ${id} goes ${step}, and ${apart.join(' ')} may be left alone.`);
  }

  /** Thesis 4.1: who elected a leader and who committed before have a node in common. */
  private electionOverlaps(id: NodeId, { configuration, term, votes }: Known): void {
    this.seen.elections++;
    const earlier = [...this.committing.keys()].filter((committed) => committed < term);
    const holders = this.committing.get(Math.max(...earlier));
    const electors = [...votes].filter((voter) => isVoter(configuration, voter));
    if (holders === undefined || meets(holders, electors)) return;
    throw new Error(
      `Configuration safety: ${electors.join(' ')} elect ${id} in term ${term}, and ${holders.join(' ')} committed before.`,
    );
  }
}

function newlyKnown(configuration: Configuration): Known {
  return { configuration, isLeader: false, term: 0, votes: new Set(), matchIndexes: new Map() };
}

/** The voters that hold the leader's log up to there. */
function holdersOf({ configuration, matchIndexes }: Known, index: number): readonly NodeId[] {
  return [...matchIndexes].flatMap(([id, matchIndex]) =>
    matchIndex >= index && isVoter(configuration, id) ? [id] : [],
  );
}

/** The smallest sets that can decide something: minimal majorities, of both configurations where two hold jointly. */
function quorumsOf({ voters, outgoing }: Configuration): readonly (readonly NodeId[])[] {
  const majorities = (members: readonly NodeId[]): NodeId[][] => subsets(members, Math.floor(members.length / 2) + 1);
  if (outgoing.length === 0) return majorities(voters);
  return majorities(voters).flatMap((one) => majorities(outgoing).map((other) => [...new Set([...one, ...other])]));
}

function subsets(members: readonly NodeId[], size: number): NodeId[][] {
  if (size === 0) return [[]];
  return members.flatMap((first, place) => subsets(members.slice(place + 1), size - 1).map((rest) => [first, ...rest]));
}

function meets(one: readonly NodeId[], other: readonly NodeId[]): boolean {
  return one.some((id) => other.includes(id));
}

function shown({ voters, outgoing }: Configuration): string {
  return outgoing.length === 0 ? voters.join(' ') : `${voters.join(' ')} jointly with ${outgoing.join(' ')}`;
}
