import { leaderOf } from '../cluster/cluster-status.ts';
import type { NodeId } from '../raft/entry.ts';
import { presentConfiguration } from '../timeline/membership.ts';
import type { View } from '../timeline/view.ts';
import { linkKey } from '../timeline/world.ts';

/** The three things to try first. */
export type InvitationId = 'write' | 'kill' | 'split';

export const invitationIds: readonly InvitationId[] = ['write', 'kill', 'split'];

/** Each is offered, then happens once it was begun, in whatever way, then is done. */
export type Stage =
  | { readonly type: 'offered' }
  | { readonly type: 'happening'; readonly sinceTerm: number }
  /** `outcome` is one sentence. */
  | { readonly type: 'done'; readonly outcome: string };

export type Stages = Readonly<Record<InvitationId, Stage>>;

export const allOffered: Stages = {
  write: { type: 'offered' },
  kill: { type: 'offered' },
  split: { type: 'offered' },
};

/** Which invitation was taken up between two standings; undefined if none was. */
export function takenUp(before: Stages, after: Stages): InvitationId | undefined {
  return invitationIds.find((id) => before[id].type === 'offered' && after[id].type !== 'offered');
}

/** How the invitations stand after the view has changed; the same object where nothing did. */
export function advanceStages(stages: Stages, before: View, after: View): Stages {
  const write = advanceWrite(stages.write, before, after);
  const kill = advanceKill(stages.kill, before, after);
  const split = advanceSplit(stages.split, after);
  const isSame = write === stages.write && kill === stages.kill && split === stages.split;
  return isSame ? stages : { write, kill, split };
}

function advanceWrite(stage: Stage, before: View, after: View): Stage {
  if (stage.type === 'done' || after.requests === before.requests) return stage;
  // What had ended before the person came, or before a reload, does not count.
  const ended = new Set(before.requests.filter(({ fate }) => fate !== undefined).map(({ requestId }) => requestId));
  const writes = after.requests.filter(({ operation, requestId }) => operation.type !== 'get' && !ended.has(requestId));
  const committed = writes.findLast(({ fate }) => fate?.type === 'committed');
  if (committed?.fate?.type === 'committed' && committed.endedUs !== undefined) {
    const tookMs = Math.round((committed.endedUs - committed.submittedUs) / 1_000);
    return {
      type: 'done',
      outcome: `Committed at index ${committed.fate.index} after ${tookMs} virtual ms: a majority has it on disk.`,
    };
  }
  const isPending = writes.some(({ fate }) => fate === undefined);
  if (isPending) return stage.type === 'happening' ? stage : { type: 'happening', sinceTerm: 0 };
  return stage.type === 'offered' ? stage : { type: 'offered' };
}

function advanceKill(stage: Stage, before: View, after: View): Stage {
  if (stage.type === 'done') return stage;
  const leader = leaderOf(after);
  const term = leader === undefined ? undefined : after.nodes[leader]?.term;
  if (stage.type === 'happening') {
    if (leader === undefined || term === undefined || term <= stage.sinceTerm) return stage;
    return { type: 'done', outcome: `${leader} leads term ${term}: a majority gave it their votes.` };
  }
  const fallen = leaderOf(before);
  if (fallen === undefined || after.world.machines[fallen]?.status !== 'down') return stage;
  return { type: 'happening', sinceTerm: before.nodes[fallen]?.term ?? 0 };
}

function advanceSplit(stage: Stage, after: View): Stage {
  if (stage.type === 'done') return stage;
  const sides = sidesOf(after);
  if (stage.type === 'offered') {
    if (sides.length < 2) return stage;
    return { type: 'happening', sinceTerm: 0 };
  }
  if (sides.length > 1) return stage;
  return {
    type: 'done',
    outcome: 'Healed: whoever sees the higher term follows its leader, and the logs agree again.',
  };
}

/** The nodes in groups between which nothing passes in either direction. */
export function sidesOf({ world }: View): readonly (readonly NodeId[])[] {
  const left = new Set(world.nodes);
  const sides: NodeId[][] = [];
  for (const first of world.nodes) {
    if (!left.delete(first)) continue;
    const side = [first];
    // It grows while it is gone through: whoever is reached reaches others.
    for (const node of side) {
      for (const other of left) {
        if (world.cuts.has(linkKey(node, other)) && world.cuts.has(linkKey(other, node))) continue;
        left.delete(other);
        side.push(other);
      }
    }
    sides.push(side);
  }
  return sides;
}

/** What there is to see while the invitation is taken up. */
export function storyOf(id: InvitationId, view: View): string {
  switch (id) {
    case 'write':
      return writeStory(view);
    case 'kill':
      return killStory(view);
    case 'split':
      return splitStory(view);
  }
}

function writeStory(view: View): string {
  return leaderOf(view) === undefined
    ? 'Nobody leads, so nobody can take it: it waits for the next leader.'
    : 'The leader appends it, dashed, and sends it to all. On a majority’s disks it turns solid: committed.';
}

function killStory(view: View): string {
  const majority = majorityOf(view);
  const running = votersOf(view).filter((node) => runs(view, node)).length;
  if (running < majority) return `Only ${running} run, and a majority is ${majority}: nobody can win. Revive one.`;
  return 'The arcs around the others run out. Whose is empty first asks for votes, and leads with a majority of them.';
}

function majorityOf(view: View): number {
  return Math.floor(votersOf(view).length / 2) + 1;
}

/** Who votes; before anybody has said it, all nodes are taken for voters. */
function votersOf(view: View): readonly NodeId[] {
  const { voters } = presentConfiguration(view);
  return voters.length > 0 ? voters : view.world.nodes;
}

function runs({ world }: View, node: NodeId): boolean {
  return world.machines[node]?.status === 'up';
}

/** What there is to see of the split now: who still leads, who cannot commit. */
export function splitStory(view: View): string {
  const majority = majorityOf(view);
  const large = sidesOf(view)
    .map((side) => side.filter((node) => votersOf(view).includes(node) && runs(view, node)))
    .find((side) => side.length >= majority);
  if (large === undefined) return `No side has ${majority} running nodes: nobody can win, nothing can be committed.`;
  const leader = leaderOf(view);
  const cutOff = view.world.nodes.find((id) => view.nodes[id]?.role === 'leader' && !large.includes(id));
  if (leader !== undefined && large.includes(leader)) {
    const other = cutOff === undefined ? '' : ` ${cutOff} still believes it leads, and can commit nothing.`;
    return `${leader} leads the majority, which goes on.${other}`;
  }
  return `${large.join(', ')} hear no leader: their timers run out, and they elect one of their own.`;
}
