import { heldUntilUs, isFlappedDown } from '../../timeline/link-trouble.ts';
import { linkKey, type World } from '../../timeline/world.ts';

/** What befalls a link by itself at a moment: it is clogged, or it flaps, and then it is down or up. */
export type LinkState = 'clogged' | 'flapped-down' | 'flapping' | undefined;

/** How a direction of a link stands at that moment, cuts aside. */
export function linkState(world: World, from: string, to: string, nowUs: number): LinkState {
  if (heldUntilUs(world, linkKey(from, to), nowUs) > nowUs) return 'clogged';
  if (world.flaps[linkKey(from, to)] === undefined) return undefined;
  return isFlappedDown(world, linkKey(from, to), nowUs) ? 'flapped-down' : 'flapping';
}
