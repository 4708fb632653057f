import { isVoter } from '../../raft/configuration.ts';
import { presentConfiguration } from '../../timeline/membership.ts';
import type { NodeView, View } from '../../timeline/view.ts';
import type { Scene } from './geometry.ts';
import type { Ink } from './message-mark.ts';
import { STEPS } from './steps.ts';

/** How far outside its node an arc runs, and how thick it is, in pixels. */
const GAP = 6;
const THICKNESS = 2.5;

/** Draws the arcs around nodes: how much is left of the election timeout, or of a leader's lease. True if there was any. */
export function drawTimers(
  context: CanvasRenderingContext2D,
  { view, scene, nowUs, stepwise, ink }: { view: View; scene: Scene; nowUs: number; stepwise: boolean; ink: Ink },
): boolean {
  let drawn = false;
  context.strokeStyle = ink('var(--ink-soft)');
  context.lineWidth = THICKNESS;
  for (const { id, x, y } of scene.nodes) {
    const node = view.nodes[id];
    const status = view.world.machines[id]?.status;
    const stands = node === undefined || status === 'down' || node.halted !== undefined;
    const left = stands ? 0 : node.role === 'leader' ? leaseLeft(node, nowUs) : electionLeft(view, node, nowUs);
    const shown = stepwise ? Math.ceil(left * STEPS * 2) / (STEPS * 2) : left;
    if (shown <= 0) continue;
    context.beginPath();
    context.arc(x, y, scene.nodeRadius + GAP, -Math.PI / 2, (2 * shown - 0.5) * Math.PI);
    context.stroke();
    drawn = true;
  }
  return drawn;
}

function electionLeft(view: View, { id, configuration, timerSetUs, deadlineUs }: NodeView, nowUs: number): number {
  // Who has no vote lets its timer run out for nothing.
  const counts = isVoter(configuration, id) || presentConfiguration(view).voters.length === 0;
  return counts ? shareLeft(timerSetUs, deadlineUs, nowUs) : 0;
}

function leaseLeft({ lease }: NodeView, nowUs: number): number {
  return lease.heldUntilUs === undefined ? 0 : shareLeft(lease.extendedUs, lease.heldUntilUs, nowUs);
}

/** How much of a timer is left, 0 to 1. */
export function shareLeft(setUs: number, deadlineUs: number, nowUs: number): number {
  if (deadlineUs <= setUs) return 0;
  return Math.max(0, Math.min(1, (deadlineUs - nowUs) / (deadlineUs - setUs)));
}
