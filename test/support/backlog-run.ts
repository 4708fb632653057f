import { MAX_BACKLOG } from '../../src/host/inbox.ts';
import type { TimedAction } from '../../src/timeline/action.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION, type Run } from '../../src/timeline/run.ts';

const PAUSE_US = 600_000;

/**
 * A leader that is heard a thousand times a second, and a follower that stands still until more heartbeats wait for it than
 * it may keep. On the way its link is cut for a moment, so that some of what was coming is lost besides.
 */
export function backlogRun(): Run {
  const resumeUs = PAUSE_US + (MAX_BACKLOG + 600) * 1_000;
  const link = { from: 'n2', to: 'n3' };
  const actions: TimedAction[] = [
    { atUs: PAUSE_US, action: { type: 'pause', node: 'n3' } },
    { atUs: resumeUs - 500_000, action: { type: 'cut', links: [link] } },
    { atUs: resumeUs - 480_000, action: { type: 'heal', links: [link] } },
    { atUs: resumeUs, action: { type: 'resume', node: 'n3' } },
  ];
  const config = { ...defaultRunConfig, nodes: 3, heartbeatMs: 1 };
  return { format: 'whitewater-run', version: RUN_VERSION, seed: 1, config, actions, untilUs: resumeUs + 50_000 };
}
