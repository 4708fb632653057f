import type { Action } from '../../timeline/action.ts';
import { isAction } from '../../timeline/action-fault.ts';

/** Actions of the same kind that say less: shorter lists, the first client, the first key. Each is a sound action. */
export function simplerActions(action: Action): Action[] {
  const simpler = action.type === 'request' ? simplerRequests(action) : shorterLists(action);
  const present = JSON.stringify(action);
  return simpler.filter((other) => JSON.stringify(other) !== present && isAction(other));
}

function simplerRequests(action: Extract<Action, { readonly type: 'request' }>): Action[] {
  const { operation } = action;
  return [
    { ...action, client: 'c1' },
    { ...action, operation: { ...operation, key: 'x' } },
    ...(operation.type === 'set' || operation.type === 'get'
      ? []
      : [
          {
            ...action,
            operation: { type: 'set', key: operation.key, value: 'value' in operation ? operation.value : '0' },
          } as const,
        ]),
    ...(operation.type === 'get' ? [{ ...action, operation: { type: 'get', key: operation.key } } as const] : []),
  ];
}

/** One item left out of one list, for every list and item. */
function shorterLists(action: Action): Action[] {
  return Object.entries(action).flatMap(([field, list]: [string, unknown]) => {
    if (!Array.isArray(list) || list.length < 2) return [];
    const items: readonly unknown[] = list;
    return items.map((_, left) => ({ ...action, [field]: items.filter((_item, place) => place !== left) }));
  });
}
