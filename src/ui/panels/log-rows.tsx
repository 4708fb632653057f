import { leaderOf } from '../../cluster/cluster-status.ts';
import { usePlayground } from '../hooks.ts';
import { GHOST_US, LogRow } from './log-row.tsx';
import type { LogPlace } from './use-log-pointing.tsx';

/** Steps in which overwritten entries fade, in virtual microseconds. */
const FADE_STEP_US = 100_000;

interface LogRowsProps {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly active: LogPlace | undefined;
}

/** A row a node, each with what the leader knows of it. */
export function LogRows({ from, to, width, active }: LogRowsProps) {
  const view = usePlayground((playground) => playground.view);
  const shownUs = usePlayground((playground) => Math.floor(playground.shownUs / FADE_STEP_US) * FADE_STEP_US);
  const leaderId = leaderOf(view);
  const leader = leaderId === undefined ? undefined : view.nodes[leaderId];
  return view.world.nodes.map((id) => {
    const node = view.nodes[id];
    const machine = view.world.machines[id];
    if (node === undefined || machine === undefined) return null;
    const known = leader?.progress[id];
    const newestGone = node.overwritten.last()?.atUs;
    const fading = newestGone !== undefined && shownUs - newestGone < GHOST_US;
    return (
      <LogRow
        key={id}
        node={node}
        machine={machine}
        from={from}
        to={to}
        width={width}
        knownTerm={known === undefined ? undefined : leader?.term}
        matchIndex={known?.matchIndex}
        nextIndex={known?.nextIndex}
        state={known?.state}
        fadingAtUs={fading ? Math.max(shownUs, 1) : 0}
        activeIndex={active?.node === id ? active.index : undefined}
      />
    );
  });
}
