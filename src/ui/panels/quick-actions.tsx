import { leaderOf } from '../../cluster/cluster-status.ts';
import type { Command } from '../../cluster/command-language.ts';
import { halves } from '../actions/action-list.ts';
import { usePlayground, usePlaygroundStore } from '../hooks.ts';

/** The actions of the first minutes as buttons. What would change nothing cannot be pressed. */
export function QuickActions({
  run,
  showHelp,
}: {
  readonly run: (command: Command) => void;
  readonly showHelp: () => void;
}) {
  const store = usePlaygroundStore();
  const leader = usePlayground((playground) => leaderOf(playground.view));
  const world = usePlayground((playground) => playground.view.world);
  const dead = world.nodes.find((id) => world.machines[id]?.status === 'down');
  return (
    <div className="quick" role="group" aria-label="Actions">
      <button
        type="button"
        disabled={leader === undefined}
        onClick={() => leader !== undefined && run({ type: 'action', action: { type: 'kill', node: leader } })}
      >
        Kill leader
      </button>
      <button
        type="button"
        disabled={dead === undefined}
        title={dead === undefined ? 'No node is dead' : `Revive ${dead}`}
        onClick={() => dead !== undefined && run({ type: 'action', action: { type: 'revive', node: dead } })}
      >
        Revive
      </button>
      <button
        type="button"
        disabled={world.nodes.length < 2}
        onClick={() => run({ type: 'action', action: { type: 'split', groups: halves(store.getState().view) } })}
      >
        Split
      </button>
      <button
        type="button"
        disabled={world.cuts.size === 0}
        onClick={() => run({ type: 'action', action: { type: 'heal', links: undefined } })}
      >
        Heal
      </button>
      <button type="button" onClick={showHelp}>
        Help
      </button>
    </div>
  );
}
