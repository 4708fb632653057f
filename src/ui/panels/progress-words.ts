import { leaderOf } from '../../cluster/cluster-status.ts';
import { inFlightLimit } from '../../raft/in-flight.ts';
import type { Progress } from '../../raft/raft-state.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import type { NodeView, View } from '../../timeline/view.ts';
import { byteCount } from '../../timeline/words.ts';

type Known = Pick<Progress, 'matchIndex' | 'nextIndex' | 'state' | 'inFlight'>;

/** What there is to say of how a node's log gets on, a line each: of a leader what it knows of each, of another what its leader knows of it. */
export function explainProgress(view: View, config: RunConfig, nodeId: string): readonly string[] {
  const node = view.nodes[nodeId];
  if (node === undefined) return [];
  const limit = inFlightLimit(config);
  if (node.role === 'leader' && view.world.machines[nodeId]?.status !== 'down') {
    const peers = Object.entries(node.progress);
    const lines = peers.map(([peer, known]) => progressLine(peer, known, limit));
    return [`${nodeId} leads term ${node.term}`, ...(lines.length === 0 ? ['It leads nobody but itself.'] : lines)];
  }
  const leader = leaderFor(view, nodeId);
  const known = leader?.progress[nodeId];
  return leader === undefined || known === undefined
    ? [`${nodeId}, ${node.role} in term ${node.term}`, 'No leader sends to it.']
    : [`What ${leader.id} knows of ${nodeId}`, progressLine(nodeId, known, limit)];
}

function leaderFor(view: View, nodeId: string): NodeView | undefined {
  const id = leaderOf(view);
  return id === undefined || id === nodeId ? undefined : view.nodes[id];
}

function progressLine(peer: string, { matchIndex, nextIndex, state, inFlight }: Known, limit: number): string {
  const agrees = `${peer}: agrees up to ${matchIndex}, next is ${nextIndex}`;
  switch (state) {
    case 'probe':
      return `${agrees}; probed, one append at a time.`;
    case 'snapshot':
      return `${agrees}; it is given the snapshot first.`;
    case 'replicate': {
      const bytes = inFlight.bytes > 0 ? `, ${byteCount(inFlight.bytes)}` : '';
      return `${agrees}; ${inFlight.messages} of ${limit} appends under way${bytes}.`;
    }
  }
}
