import { useEffect } from 'react';

/** What takes the space bar for itself wherever it is. */
const TYPING = 'input:not([type="range"]), textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"]';
/** What takes it while it was reached with the keyboard: a mouse leaves the focus behind on what it clicked. */
const PRESSABLE = 'button, a[href], summary, [role="button"], [role="menuitem"], [role="option"]';

export interface ClockKeys {
  readonly togglePlaying: () => void;
  readonly stepOn: () => void;
  readonly stepBack: () => void;
}

/** The space bar plays and pauses, full stop and comma step on and back, anywhere outside of fields. */
export function useClockKeys({ togglePlaying, stepOn, stepBack }: ClockKeys): void {
  useEffect(() => {
    const handlers: Readonly<Record<string, (() => void) | undefined>> = {
      ' ': togglePlaying,
      '.': stepOn,
      ',': stepBack,
    };
    const wanted = (event: KeyboardEvent): (() => void) | undefined => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
      const handler = handlers[event.key];
      const { target } = event;
      if (handler === undefined || !(target instanceof Element)) return handler;
      if (target.closest(TYPING) !== null) return undefined;
      if (event.key === ' ' && target.closest(PRESSABLE)?.matches(':focus-visible') === true) return undefined;
      return handler;
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      const handler = wanted(event);
      if (handler === undefined) return;
      event.preventDefault();
      if (!event.repeat || event.key !== ' ') handler();
    };
    // A button is pressed when the space bar is let go.
    const onKeyUp = (event: KeyboardEvent): void => {
      if (event.key === ' ' && wanted(event) !== undefined) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('keyup', onKeyUp);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('keyup', onKeyUp);
    };
  }, [togglePlaying, stepOn, stepBack]);
}
