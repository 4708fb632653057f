import { useEffect, useState, useSyncExternalStore } from 'react';
import { useControl, useHand, usePlaygroundStore, useScheduler } from '../hooks.ts';
import type { PlaygroundStore } from '../store.ts';
import { Checks } from './checks.ts';

/** One for each playground: the panel may come and go, the checks go on. */
const checksOf = new WeakMap<PlaygroundStore, Checks>();

const wallMs = (): number => performance.now();

/** The checks of this playground; drawn again a few times a second, as they go on. */
export function useChecks(): Checks {
  const store = usePlaygroundStore();
  const control = useControl();
  const hand = useHand();
  const scheduler = useScheduler();
  const [checks] = useState(() => {
    const known = checksOf.get(store) ?? new Checks({ control, hand, scheduler, wallMs });
    checksOf.set(store, known);
    return known;
  });
  useEffect(() => checks.watch(control), [checks, control]);
  const [subscribe] = useState(() => (listener: () => void) => checks.subscribe(listener));
  useSyncExternalStore(subscribe, () => checks.revision);
  return checks;
}
