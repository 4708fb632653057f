import type { Membership } from '../../timeline/membership.ts';
import type { NodeView } from '../../timeline/view.ts';
import { shownDrift } from '../../timeline/words.ts';
import type { Machine } from '../../timeline/world.ts';
import { membershipWord } from './node-membership.ts';

/** How a node stands, in one word: its role while it runs, its machine's state otherwise. */
export type Standing = 'leader' | 'candidate' | 'pre-candidate' | 'follower' | 'paused' | 'down' | 'halted';

export function standingOf(node: NodeView, machine: Machine | undefined): Standing {
  if (node.halted !== undefined) return 'halted';
  if (machine === undefined || machine.status === 'down') return 'down';
  return machine.status === 'paused' ? 'paused' : node.role;
}

/** What a screen reader says of a node: "n3, leader of term 2, commit index 4". */
export function nodeLabel(node: NodeView, machine: Machine | undefined, membership: Membership): string {
  const place = membershipWord(membership);
  const member = place === undefined ? '' : `${place}, `;
  const driftPpm = machine?.clock.driftPpm ?? 0;
  const clock = driftPpm === 0 ? '' : `, its clock ${shownDrift(driftPpm)}`;
  return `${node.id}, ${roleText(node, machine)}, ${member}commit index ${node.commitIndex}${clock}`;
}

/** What it is, in words: `leader of term 2`. */
export function roleText(node: NodeView, machine: Machine | undefined): string {
  const role = node.role === 'leader' ? `leader of term ${node.term}` : `${node.role} in term ${node.term}`;
  const standing = standingOf(node, machine);
  switch (standing) {
    case 'halted':
      return `stopped by itself in term ${node.term}`;
    case 'down':
      return `down, its disk holds term ${node.disk.term}`;
    case 'paused':
      return `paused as ${role}`;
    case 'leader':
    case 'candidate':
    case 'pre-candidate':
    case 'follower':
      return role;
  }
}
