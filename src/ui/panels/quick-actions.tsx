import { useMemo } from 'react';
import { leaderOf } from '../../cluster/cluster-status.ts';
import type { Command } from '../../cluster/command.ts';
import type { Action } from '../../timeline/action.ts';
import { clusterActions } from '../actions/cluster-actions.ts';
import { withLimits } from '../actions/real-limits.ts';
import { useHand, usePlayground, usePlaygroundStore } from '../hooks.ts';

interface QuickAction {
  /** As short as the row is narrow. */
  readonly label: string;
  readonly name: string;
  readonly action: Action | undefined;
  /** Why it would change nothing now. */
  readonly reason: string | undefined;
}

/** The actions of the first minutes as buttons. What would change nothing is greyed, and says why. */
export function QuickActions({
  run,
  showHelp,
}: {
  readonly run: (command: Command) => void;
  readonly showHelp: () => void;
}) {
  const hand = useHand();
  const store = usePlaygroundStore();
  const leader = usePlayground(({ view }) => leaderOf(view));
  const world = usePlayground(({ view }) => view.world);
  const actions = useMemo((): readonly QuickAction[] => {
    const down = world.nodes.find((id) => world.machines[id]?.status === 'down');
    return [
      {
        label: 'Kill leader',
        name: leader === undefined ? 'Kill the leader' : `Kill the leader, ${leader}`,
        action: leader === undefined ? undefined : { type: 'kill', node: leader },
        reason: leader === undefined ? 'Nobody leads.' : undefined,
      },
      {
        label: 'Revive',
        name: down === undefined ? 'Revive' : `Revive ${down}`,
        action: down === undefined ? undefined : { type: 'revive', node: down },
        reason: down === undefined ? 'No node is down.' : undefined,
      },
      ...withLimits(clusterActions(store.getState().view), store.getState().clock.real).map(
        ({ label, action, reason }) => {
          return { label: label.split(' ')[0] ?? label, name: label, action, reason };
        },
      ),
    ];
  }, [store, world, leader]);
  return (
    <div className="quick" role="group" aria-label="Actions">
      {actions.map(({ label, name, action, reason }) => (
        <button
          key={label}
          type="button"
          aria-disabled={reason !== undefined}
          aria-label={name}
          title={reason ?? name}
          onClick={() => {
            if (action !== undefined && reason === undefined) run({ type: 'action', action });
            else hand.notify('info', reason ?? '');
          }}
        >
          {label}
        </button>
      ))}
      <button type="button" onClick={showHelp}>
        Help
      </button>
    </div>
  );
}
