import { isJoint, isVoter, membersOf, type Configuration } from '../../raft/configuration.ts';
import type { Entry, NodeId } from '../../raft/entry.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Evidence, Finding } from './breach.ts';
import type { Facts } from './facts.ts';
import type { Invariant } from './invariant.ts';
import { isQuorum, quorumApart } from './quorum.ts';
import type { TrackedNode } from './tracked-node.ts';

/** Of how many terms it is remembered who elected their leader and who held what it committed, the last ones. */
const MAX_REMEMBERED_QUORUMS = 64;

/** Who has decided something. */
interface Quorum {
  readonly term: number;
  readonly leader: NodeId;
  readonly nodes: ReadonlySet<NodeId>;
  readonly at: Evidence;
}

/**
 * §6, thesis 4.1: who elects a leader is a quorum of those who voted for it, who holds what a leader commits is a quorum
 * of disks, and an election has a node in common with the last commit of an earlier term. A leader goes from one
 * configuration to the next only where their quorums overlap, and not before it has committed an entry of its term: a
 * change that a leader before it began may still be committed by a quorum that has no node in common with the one of its
 * own (the author's correction). All this by what left the nodes and is on their disks, not by what a leader believes.
 */
export class ConfigurationSafety implements Invariant {
  readonly name = 'configuration-safety';
  readonly sees = [
    'became-candidate',
    'message-sent',
    'became-leader',
    'commit-advanced',
    'configuration-changed',
  ] as const;
  exercised = 0;
  /** `term/candidate` to who voted for it. */
  readonly #voters = new BoundedMap<string, Set<NodeId>>(MAX_REMEMBERED_QUORUMS * 4);
  readonly #elections = new BoundedMap<number, Quorum>(MAX_REMEMBERED_QUORUMS);
  /** By the leader's term: who held the last entry that it committed. */
  readonly #commits = new BoundedMap<number, Quorum>(MAX_REMEMBERED_QUORUMS);

  see(at: Evidence, facts: Facts): Finding | undefined {
    const { actor, event } = at.event;
    switch (event.type) {
      case 'became-candidate':
        this.#voters.set(`${event.term}/${actor}`, new Set([actor]));
        return undefined;
      case 'message-sent': {
        const { message, to } = event;
        if (message.type !== 'request-vote-reply' || !message.granted) return undefined;
        this.#voters.get(`${message.term}/${to}`)?.add(actor);
        return undefined;
      }
      case 'became-leader':
        return this.#elected(at, event.term, facts.node(actor));
      case 'commit-advanced':
        return event.rule === 'commit-majority' ? this.#committed(at, event.commitIndex, facts) : undefined;
      case 'configuration-changed':
        return this.#changes(facts.node(actor), event.configuration);
      default:
        return undefined;
    }
  }

  #elected(at: Evidence, term: number, { id, configuration }: TrackedNode): Finding | undefined {
    const voters = this.#voters.get(`${term}/${id}`);
    if (voters === undefined || configuration === undefined) return undefined;
    this.exercised += 1;
    const electors = new Set([...voters].filter((voter) => isVoter(configuration, voter)));
    if (!isQuorum(configuration, electors)) {
      const sentence = `${id} leads term ${term} by the votes of ${listed(electors)}, which are no majority of ${shown(configuration)}.`;
      return { sentence, nodes: [id, ...electors] };
    }
    const election = { term, leader: id, nodes: electors, at };
    this.#elections.set(term, election);
    // In between the configuration may have come so far that only the last of them have to meet.
    const commit = highestOf(this.#commits, (earlier) => earlier < term);
    return commit && apart(election, commit, commit.at);
  }

  #committed(at: Evidence, index: number, facts: Facts): Finding | undefined {
    const leader = facts.node(at.event.actor);
    const { configuration, term, id, log } = leader;
    const entry = log.entryAt(index);
    if (configuration === undefined || entry === undefined) return undefined;
    this.exercised += 1;
    const holders = new Set(membersOf(configuration).filter((member) => holds(facts, member, entry)));
    if (!isQuorum(configuration, holders)) {
      const sentence = `${id} commits entry ${index}, which only ${listed(holders)} have on disk: no majority of ${shown(configuration)}.`;
      return { sentence, nodes: [id, ...holders], entries: [entry] };
    }
    const commit = { term, leader: id, nodes: holders, at };
    this.#commits.set(term, commit);
    const election = lowestOf(this.#elections, (later) => later > term);
    return election && apart(election, commit, election.at);
  }

  #changes({ id, role, term, log, commitIndex, configuration }: TrackedNode, next: Configuration): Finding | undefined {
    if (role !== 'leader' || configuration === undefined) return undefined;
    this.exercised += 1;
    const committedTerm = commitIndex === undefined ? undefined : log.termAt(commitIndex);
    if (committedTerm !== undefined && committedTerm !== term) {
      const sentence = `${id} goes from ${shown(configuration)} to ${shown(next)} in term ${term}, of which it has committed nothing.`;
      return { sentence, nodes: [id] };
    }
    const some = quorumApart(configuration, next);
    if (some === undefined) return undefined;
    const sentence = `${id} goes from ${shown(configuration)} to ${shown(next)}, and ${listed(new Set(some))} could decide without a node of the new majority.`;
    return { sentence, nodes: [id, ...some] };
  }
}

function highestOf(quorums: BoundedMap<number, Quorum>, counts: (term: number) => boolean): Quorum | undefined {
  let found: Quorum | undefined;
  for (const [term, quorum] of quorums.entries()) if (counts(term) && term >= (found?.term ?? term)) found = quorum;
  return found;
}

function lowestOf(quorums: BoundedMap<number, Quorum>, counts: (term: number) => boolean): Quorum | undefined {
  let found: Quorum | undefined;
  for (const [term, quorum] of quorums.entries()) if (counts(term) && term <= (found?.term ?? term)) found = quorum;
  return found;
}

/** Whether the entry is on the disk of that node, or may be, as far as is known. */
function holds(facts: Facts, id: NodeId, { index, term }: Entry): boolean {
  const { log } = facts.node(id).disk;
  if (log.lastIndex === undefined || index <= log.base.index) return true;
  if (index > log.lastIndex) return false;
  return (log.termAt(index) ?? term) === term;
}

function apart(election: Quorum, commit: Quorum, earlier: Evidence): Finding | undefined {
  for (const id of election.nodes) if (commit.nodes.has(id)) return undefined;
  return {
    sentence: `${listed(election.nodes)} elect ${election.leader} in term ${election.term}, and ${listed(commit.nodes)} hold what ${commit.leader} committed in term ${commit.term}: no node is in both.`,
    earlier,
    nodes: [...election.nodes, ...commit.nodes],
  };
}

function listed(nodes: ReadonlySet<NodeId>): string {
  return nodes.size === 0 ? 'nobody' : [...nodes].join(', ');
}

function shown(configuration: Configuration): string {
  const { voters, outgoing } = configuration;
  return isJoint(configuration) ? `${voters.join(' ')} jointly with ${outgoing.join(' ')}` : voters.join(' ');
}
