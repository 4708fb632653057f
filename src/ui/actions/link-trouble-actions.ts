import type { DirectedLink } from '../../timeline/action.ts';
import type { View } from '../../timeline/view.ts';
import { linkKey } from '../../timeline/world.ts';
import type { ActionSubmenu } from './action-item.ts';
import { actionItem } from './cluster-actions.ts';
import { countOf } from '../../timeline/words.ts';

/** The link holds everything back for a while. */
export function clogSubmenu(view: View, links: readonly DirectedLink[]): ActionSubmenu {
  const items = [500, 2_000].map((forMs) => actionItem(view, `For ${forMs / 1_000} s`, { type: 'clog', links, forMs }));
  return {
    type: 'submenu',
    label: 'Clog',
    items: [...items, actionItem(view, 'Unclog', { type: 'clog', links, forMs: 0 })],
  };
}

const RHYTHMS = [
  { downMs: 0, upMs: 1 },
  { downMs: 100, upMs: 400 },
  { downMs: 500, upMs: 1_000 },
] as const;

/** The link goes down and comes up by itself. */
export function flapSubmenu(view: View, links: readonly DirectedLink[]): ActionSubmenu {
  const items = RHYTHMS.map(({ downMs, upMs }) => ({
    ...actionItem(view, downMs === 0 ? 'Steady' : `Down ${countOf(downMs)} ms, up ${countOf(upMs)} ms`, {
      type: 'flap',
      links,
      downMs,
      upMs,
    }),
    isPresent: links.every(({ from, to }) => {
      const flap = view.world.flaps[linkKey(from, to)];
      return downMs === 0 ? flap === undefined : flap?.downMs === downMs && flap.upMs === upMs;
    }),
  }));
  return { type: 'submenu', label: 'Flapping', items };
}
