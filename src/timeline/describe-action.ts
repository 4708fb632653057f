import { assertUnreachable } from '../raft/assert-unreachable.ts';
import { describeDamage, describeDisk, explainDamage, explainDisk } from './describe-disk.ts';
import type { Action, Delay, LinkQuality } from './action.ts';
import { describeChange, explainChange } from './describe-membership.ts';
import { describeOperation } from './describe-message.ts';
import { countOf, listedLinks, listedNodes, percent, shownDelay, shownDrift, shownLateness } from './words.ts';

/** What an action does, as a command in lower case, without a full stop: `kill n3`. */
export function describeAction(action: Action): string {
  switch (action.type) {
    case 'kill':
    case 'revive':
    case 'restart':
    case 'pause':
    case 'resume':
    case 'isolate':
      return `${action.type} ${action.node}`;
    case 'time-out-now':
      return `time out ${action.node} now`;
    case 'snapshot':
      return `take a snapshot on ${action.node}`;
    case 'transfer':
      return `hand the lead over from ${action.from} to ${action.to}`;
    case 'start-node':
      return `start ${action.node}, a new machine`;
    case 'change-membership':
      return `${describeChange(action.change)}, asked of ${action.from}`;
    case 'cut':
      return `cut ${listedLinks(action.links)}`;
    case 'heal':
      return `heal ${listedLinks(action.links)}`;
    case 'split':
      return `split ${action.groups.map((group) => group.join(' ')).join(' | ')}`;
    case 'set-links':
      return `set ${listedLinks(action.links)} to ${shownQuality(action.quality)}`;
    case 'clog':
      return action.forMs === 0
        ? `unclog ${listedLinks(action.links)}`
        : `clog ${listedLinks(action.links)} for ${countOf(action.forMs)} ms`;
    case 'flap':
      return action.downMs === 0
        ? `let ${listedLinks(action.links)} be steady`
        : `let ${listedLinks(action.links)} flap: down for ${countOf(action.downMs)} ms, up for ${countOf(action.upMs)} ms`;
    case 'set-disk':
      return describeDisk(action);
    case 'damage-disk':
      return describeDamage(action.node, action.damage);
    case 'swap-disks':
      return `swap the disks of ${action.node} and ${action.with}`;
    case 'copy-disk':
      return `put a copy of the disk of ${action.node} aside`;
    case 'restore-copy':
      return `let the disk of ${action.node} be its copy again`;
    case 'set-handling':
      return isNone(action.delay)
        ? `let ${listedNodes(action.nodes)} handle messages at once`
        : `let ${listedNodes(action.nodes)} take ${shownDelay(action.delay)} over each message`;
    case 'set-clock':
      return `let the clock of ${listedNodes(action.nodes)} run ${shownDrift(action.driftPpm)}`;
    case 'jump-clock':
      return `let the clock of ${listedNodes(action.nodes)} jump ${countOf(action.byMs)} ms ahead`;
    case 'request':
      return `${action.client} asks: ${describeOperation(action.operation)}`;
    case 'power-failure':
      return `power failure of ${listedNodes(action.nodes)}${action.clients ? ' and the clients' : ''}`;
    case 'power-return':
      return `power returns to ${listedNodes(action.nodes)}`;
    case 'crash':
      return `crash of ${action.node}: ${action.reason}`;
    default:
      return assertUnreachable(action);
  }
}

/** What it means for the cluster, one sentence. */
export function explainAction(action: Action): string {
  switch (action.type) {
    case 'kill':
      return 'Its process ends: what was not on its disk is lost, and so is what is on its way to it.';
    case 'revive':
      return 'It starts as a follower, with the term, vote and log that its disk holds.';
    case 'restart':
      return 'Its process ends, and starts again from its disk in the same moment.';
    case 'pause':
      return 'Its process stands still: nothing is handled, and what arrives waits.';
    case 'resume':
      return 'Its process goes on, first with what has arrived meanwhile.';
    case 'time-out-now':
      return 'It behaves as if its election timer had run out this moment; a leader ignores it.';
    case 'snapshot':
      return 'What it has applied is kept as one snapshot, and its log up to there is forgotten (§7).';
    case 'transfer':
      return 'The leader brings the other up to date and tells it to stand for election at once (thesis §3.10).';
    case 'start-node':
      return 'It belongs to no cluster yet, and waits for a leader to write to it.';
    case 'change-membership':
      return explainChange(action.change);
    case 'cut':
      return 'Nothing passes over a cut link, and what was flying over it is lost.';
    case 'heal':
      return 'The links carry messages again, as they should.';
    case 'isolate':
      return 'All its links are cut, in both directions.';
    case 'split':
      return 'All links between nodes of different groups are cut, and no others; who stands in two groups reaches both.';
    case 'set-links':
      return 'What is sent from now on is treated so.';
    case 'clog':
      return action.forMs === 0
        ? 'What is sent from now on is not held back any more.'
        : 'What is sent from now on is held back until then, and arrives all together.';
    case 'flap':
      return action.downMs === 0
        ? 'They do not go down by themselves any more.'
        : 'They go down and come up by themselves: what is sent or would arrive while one is down is lost.';
    case 'set-disk':
      return explainDisk(action);
    case 'damage-disk':
      return explainDamage(action.damage);
    case 'swap-disks':
      return 'Each disk says whose it is, so neither node starts from the wrong one.';
    case 'copy-disk':
      return 'Put back later, it is an older disk: its node will not remember what it promised since.';
    case 'restore-copy':
      return 'Raft rests on what is on disk: a node that forgets what it promised can undo what is committed (§5.1).';
    case 'set-handling':
      return isNone(action.delay)
        ? 'What waits there is handled at once, and so is what comes.'
        : 'One message after the other is handled, each that much later; the others wait.';
    case 'set-clock':
      return 'Timers and leases go by it; the others cannot know.';
    case 'jump-clock':
      return 'What was to come within that time is due at once; a clock never goes back.';
    case 'request':
      return "A client's request enters here; its clerk finds the leader.";
    case 'power-failure':
      return 'All that was not on their disks is lost at once.';
    case 'power-return':
      return 'Those that are down start again from their disks.';
    case 'crash':
      return 'The machine that runs it failed it, and it stopped.';
    default:
      return assertUnreachable(action);
  }
}

function isNone({ meanMs, spreadMs }: Delay): boolean {
  return meanMs === 0 && spreadMs === 0;
}

function shownQuality({ latency, loss, duplication, reordering, replay }: Partial<LinkQuality>): string {
  const parts = [
    latency === undefined ? undefined : `latency ${shownDelay(latency)}`,
    loss === undefined ? undefined : `loss ${percent(loss)}`,
    duplication === undefined ? undefined : `duplication ${percent(duplication)}`,
    reordering === undefined ? undefined : `reordering ${shownLateness(reordering)}`,
    replay === undefined ? undefined : `replay ${shownLateness(replay)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}
