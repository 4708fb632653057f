import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { useShown } from './hooks.ts';
import { Late } from './late.tsx';
import { latePart } from './late-part.ts';
import { useLater } from './later.ts';

const palette = latePart('The list of commands', async () => (await import('./command-palette.tsx')).CommandPalette);

/** The most characters that are remembered while the palette is on its way. */
const MAX_TYPED_AHEAD = 200;

/**
 * Opens the command palette with Ctrl-K or Cmd-K from anywhere. It is loaded after the ring: who is quicker finds it open
 * when it is there, with what was typed meanwhile in it.
 */
export function PaletteDoor() {
  const isTime = useLater();
  const [isOpen, setOpen] = useState(false);
  const typed = useRef('');
  useShown('command-palette', () => {
    typed.current = '';
    setOpen(true);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      typed.current = '';
      setOpen((open) => !open);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  const close = useCallback(() => setOpen(false), []);
  return (
    <Late
      part={palette}
      isTime={isTime}
      isWanted={isOpen}
      onGiveUp={close}
      standIn={isOpen && <KeysHeld typed={typed} close={close} />}
    >
      {(CommandPalette) => <CommandPalette isOpen={isOpen} setOpen={setOpen} takeTyped={() => typed.current} />}
    </Late>
  );
}

interface KeysHeldProps {
  readonly typed: RefObject<string>;
  readonly close: () => void;
}

/** While the palette is on its way, keys are for it and not for the page. */
function KeysHeld({ typed, close }: KeysHeldProps) {
  useEffect(() => {
    const hold = (event: KeyboardEvent): void => {
      const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
      if (isShortcut) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.type !== 'keydown') return;
      if (event.key === 'Escape') close();
      else if (event.key === 'Backspace') typed.current = typed.current.slice(0, -1);
      else if (event.key.length === 1) typed.current = (typed.current + event.key).slice(0, MAX_TYPED_AHEAD);
    };
    addEventListener('keydown', hold, { capture: true });
    addEventListener('keyup', hold, { capture: true });
    return () => {
      removeEventListener('keydown', hold, { capture: true });
      removeEventListener('keyup', hold, { capture: true });
    };
  }, [typed, close]);
  return <div className="scrim" />;
}
