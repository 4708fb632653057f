import { useMemo } from 'react';
import { leaderOf } from '../cluster/cluster-status.ts';
import { clusterActions } from './actions/cluster-actions.ts';
import { withLimits } from './actions/real-limits.ts';
import { useHand, usePlayground, usePlaygroundStore } from './hooks.ts';
import { Late } from './late.tsx';
import { latePart } from './late-part.ts';
import { useLater } from './later.ts';

const waterForms = latePart('Network and disks', async () => (await import('./dialogs/water-forms.tsx')).WaterForms);

/** What can be done to the water: faults of the whole cluster. */
export function FaultBar() {
  const isTime = useLater();
  const hand = useHand();
  const store = usePlaygroundStore();
  // These two alone decide what is offered; the rest of the view changes all the time.
  const world = usePlayground(({ view }) => view.world);
  const leader = usePlayground(({ view }) => leaderOf(view));
  const actions = useMemo(() => {
    void [world, leader];
    return withLimits(clusterActions(store.getState().view), store.getState().clock.real);
  }, [store, world, leader]);
  return (
    <section className="faults" aria-label="Faults of the whole cluster">
      <h2>Make the water rough</h2>
      {actions.map(({ label, action, reason }) => (
        <button
          key={label}
          type="button"
          className="button"
          aria-disabled={reason !== undefined}
          title={reason}
          onClick={() => (reason === undefined ? hand.act(action) : hand.notify('info', reason))}
        >
          {label}
        </button>
      ))}
      <Late part={waterForms} isTime={isTime} standIn={<StandIns />} shows={['network', 'disk']}>
        {(WaterForms) => <WaterForms />}
      </Late>
    </section>
  );
}

/** Buttons of the same size, until the forms behind them are there and open. */
function StandIns() {
  const hand = useHand();
  return (
    <>
      <button type="button" className="button" onClick={() => hand.show('network')}>
        Network…
      </button>
      <button type="button" className="button" onClick={() => hand.show('disk')}>
        Disks…
      </button>
    </>
  );
}
