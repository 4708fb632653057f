import type { Ink } from './message-mark.ts';

/**
 * Turns CSS colours, custom properties included, into what a canvas takes, as they are where `place` stands. Each is asked
 * for once; a change of theme asks anew, and calls `onChange`: what is drawn has the old colours.
 */
export function createInk(
  place: HTMLElement,
  onChange: () => void,
): { readonly ink: Ink; readonly dispose: () => void } {
  const probe = document.createElement('span');
  probe.hidden = true;
  place.append(probe);
  const known = new Map<string, string>();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const forget = (): void => {
    known.clear();
    onChange();
  };
  dark.addEventListener('change', forget);
  return {
    ink: (cssColor) => {
      let color = known.get(cssColor);
      if (color === undefined) {
        probe.style.color = cssColor;
        color = getComputedStyle(probe).color;
        known.set(cssColor, color);
      }
      return color;
    },
    dispose: () => {
      dark.removeEventListener('change', forget);
      probe.remove();
    },
  };
}
