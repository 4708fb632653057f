import type { Action } from '../../src/timeline/action.ts';
import type { Run } from '../../src/timeline/run.ts';

/**
 * The same run with nothing in it that makes a read stale by right: no read from whatever a node happens to hold, and where
 * there are leases no clock that is further off than they allow.
 */
export function keptPromises(run: Run): Run {
  const { reads, ...config } = run.config;
  const most = run.config.leases?.driftPpm;
  const actions = run.actions.flatMap(({ atUs, action }) => {
    const kept = keptPromise(action, most);
    return kept === undefined ? [] : [{ atUs, action: kept }];
  });
  return {
    ...run,
    config: { ...config, ...(reads !== undefined && { reads: reads === 'stale' ? 'log' : reads }) },
    actions,
  };
}

function keptPromise(action: Action, mostDriftPpm: number | undefined): Action | undefined {
  if (action.type === 'request' && action.operation.type === 'get') {
    const { mode, node: _node, ...rest } = action.operation;
    if (mode !== 'stale') return action;
    return { ...action, operation: { ...rest, mode: 'follower' } };
  }
  if (mostDriftPpm === undefined) return action;
  if (action.type === 'jump-clock') return undefined;
  if (action.type !== 'set-clock') return action;
  return { ...action, driftPpm: Math.max(-mostDriftPpm, Math.min(mostDriftPpm, action.driftPpm)) };
}
