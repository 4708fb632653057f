import type { ActionGroups, ActionItem, ActionSubmenu } from './action-item.ts';

/** A line of a menu. */
export interface MenuRow {
  readonly entry: ActionItem | ActionSubmenu;
  /** Why it cannot be done, of a submenu: why nothing in it can. */
  readonly reason: string | undefined;
  /** Where it is the first of several lines with the same reason: that, said once, above them. */
  readonly note: string | undefined;
  /** Whether the line says its reason itself: no line near it has the same. */
  readonly saysWhy: boolean;
}

/** The lines of a menu, group by group. A reason that several of them share is said once, by the first of them. */
export function menuRows(groups: ActionGroups): readonly (readonly MenuRow[])[] {
  const reasons = groups.flat().map(reasonOf);
  let place = -1;
  return groups.map((group) =>
    group.map((entry) => {
      place += 1;
      const reason = reasons[place];
      const isFirst = reasons[place - 1] !== reason;
      const isAlone = isFirst && reasons[place + 1] !== reason;
      return { entry, reason, note: isFirst && !isAlone ? reason : undefined, saysWhy: isAlone };
    }),
  );
}

/** Of a submenu: the reason that all that is in it has. How things are now may stand in one that can be opened. */
function reasonOf(entry: ActionItem | ActionSubmenu): string | undefined {
  if (entry.type === 'item') return entry.reason;
  const [first, ...others] = entry.items;
  const isSame = others.every(({ reason }) => reason === first?.reason);
  return isSame && !entry.items.some(({ isPresent }) => isPresent === true) ? first?.reason : undefined;
}
