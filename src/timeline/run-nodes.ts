import type { NodeId } from '../raft/entry.ts';
import type { TimedAction } from './action.ts';
import type { RunConfig } from './run-config.ts';
import { nodeIds } from './world.ts';

/** Every machine that there is by the end of a run: those that it began with, and those that were started in it. */
export function nodesOfRun(run: {
  readonly config: RunConfig;
  readonly actions: readonly TimedAction[];
}): readonly NodeId[] {
  const started = run.actions.flatMap(({ action }) => (action.type === 'start-node' ? [action.node] : []));
  return [...new Set([...nodeIds(run.config.nodes), ...started])];
}
