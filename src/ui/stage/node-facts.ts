import { isVoter, type Configuration } from '../../raft/configuration.ts';
import { lastIndexOf } from '../../timeline/node-log.ts';
import type { NodeView } from '../../timeline/view.ts';
import { byteCount } from '../../timeline/words.ts';
import type { Machine } from '../../timeline/world.ts';
import { machineFacts } from './machine-facts.ts';
import { leaseFacts } from './lease-facts.ts';
import { membershipFacts } from './membership-facts.ts';
import { roleText } from './node-label.ts';
import { shareOf } from '../snapshot-share.ts';

/** What the tooltip says of a node, a line each. `nowUs` is the moment shown, `present` by whom the cluster goes then. */
export function nodeFacts(
  node: NodeView,
  machine: Machine | undefined,
  nowUs: number,
  present: Configuration,
): readonly string[] {
  const lines: string[] = [`${capital(roleText(node, machine))}.`];
  lines.push(...membershipFacts(node, present));
  if (node.halted !== undefined) lines.push(node.halted);
  if (machine?.failure !== undefined) lines.push(machine.failure);
  lines.push(...machineFacts(node.id, machine));
  if (machine?.status === 'down') return [...lines, 'What was not yet on its disk is lost.'];
  if (node.role === 'candidate') {
    const votes = Object.values(node.votes).filter(Boolean).length;
    lines.push(`${votes} ${votes === 1 ? 'vote' : 'votes'} so far.`);
  }
  if (node.role === 'pre-candidate') {
    const promises = Object.values(node.votes).filter(Boolean).length;
    lines.push(`It asks whether it would be elected; ${promises} would vote for it so far, itself counted.`);
  }
  if (node.transferTo !== undefined) lines.push(`It is handing its lead over to ${node.transferTo}.`);
  if (node.role === 'follower') lines.push(followerLine(node));
  if (node.role !== 'leader' && isVoter(node.configuration, node.id)) {
    const leftMs = (node.deadlineUs - nowUs) / 1_000;
    if (leftMs > 0) lines.push(`Election timer: ${leftMs.toFixed(0)} ms left (§5.2).`);
  }
  lines.push(...leaseFacts(node, machine, nowUs));
  lines.push(
    `Log up to ${lastIndexOf(node)}, on disk up to ${node.durableIndex}, committed ${node.commitIndex}, applied ${node.lastApplied}.`,
  );
  return [...lines, ...snapshotLines(node)];
}

function snapshotLines({ snapshot, receiving, progress }: NodeView): readonly string[] {
  const lines: string[] = [];
  if (snapshot !== undefined) lines.push(`Snapshot up to ${snapshot.index}, ${byteCount(snapshot.bytes)} (§7).`);
  if (receiving !== undefined) lines.push(`It is given ${receiving.from}’s snapshot: ${shareOf(receiving)}.`);
  for (const [peer, { sending }] of Object.entries(progress)) {
    if (sending !== undefined) lines.push(`It gives ${peer} its snapshot up to ${sending.index}: ${shareOf(sending)}.`);
  }
  return lines;
}

function followerLine(node: NodeView): string {
  if (node.leader !== undefined) return `It follows ${node.leader}.`;
  return node.votedFor === undefined
    ? 'It knows no leader yet.'
    : `It voted for ${node.votedFor} and knows no leader yet.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
