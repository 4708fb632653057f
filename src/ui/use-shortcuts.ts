import { useEffect } from 'react';
import { useHand } from './hooks.ts';

/** Ctrl-Z or Cmd-Z undoes, except while a text is being written. */
export function useShortcuts(): void {
  const hand = useHand();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'z') return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select') !== null) return;
      event.preventDefault();
      hand.undo();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [hand]);
}
