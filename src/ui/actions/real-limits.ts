import type { RealTime } from '../../cluster/cluster-control.ts';
import { unrealReason } from '../../cluster/remote/unreal-actions.ts';
import type { ActionItem, ActionSubmenu } from './action-item.ts';

/** Of a real cluster some things cannot be done, whatever the moment: the reason stands where another might. */
export function withLimits<Item extends ActionItem | ActionSubmenu>(
  items: readonly Item[],
  real: RealTime | undefined,
): readonly Item[] {
  return real === undefined ? items : items.map((item) => limited(item, real.limits));
}

function limited<Item extends ActionItem | ActionSubmenu>(item: Item, limits: RealTime['limits']): Item {
  if (item.type === 'submenu') return { ...item, items: item.items.map((one) => limited(one, limits)) };
  const reason = unrealReason(item.action, limits);
  // What a real machine is like nobody knows here.
  return reason === undefined ? item : { ...item, reason, isPresent: false };
}
