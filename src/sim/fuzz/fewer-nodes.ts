import type { NodeId } from '../../raft/entry.ts';
import type { Run } from '../../timeline/run.ts';
import { nodesOfRun } from '../../timeline/run-nodes.ts';
import { nodeIds } from '../../timeline/world.ts';
import { renamedAction } from './rename-nodes.ts';

/** The run without one of its machines; those after it move up by one name. Undefined where it has no other. */
export function withoutNode(run: Run, gone: NodeId): Run | undefined {
  const first = nodeIds(run.config.nodes);
  const isFirst = first.includes(gone);
  if (isFirst && first.length === 1) return undefined;
  const left = nodesOfRun(run).filter((node) => node !== gone);
  const rename = (node: NodeId): NodeId | undefined => {
    const place = left.indexOf(node);
    return place < 0 ? undefined : `n${place + 1}`;
  };
  const actions = run.actions.flatMap(({ atUs, action }) => {
    const renamed = renamedAction(action, rename);
    return renamed === undefined ? [] : [{ atUs, action: renamed }];
  });
  return { ...run, config: { ...run.config, nodes: first.length - (isFirst ? 1 : 0) }, actions };
}

/** The run with only such actions as name nodes that it has by then. */
export function withoutStrangers(run: Run): Run {
  const known = new Set(nodeIds(run.config.nodes));
  const actions = run.actions.flatMap(({ atUs, action }) => {
    if (action.type === 'start-node') {
      if (known.has(action.node)) return [];
      known.add(action.node);
      return [{ atUs, action }];
    }
    const kept = renamedAction(action, (node) => (known.has(node) ? node : undefined));
    return kept === undefined ? [] : [{ atUs, action: kept }];
  });
  return { ...run, actions };
}
