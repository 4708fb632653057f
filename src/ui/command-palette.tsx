import { Dialog } from 'radix-ui';
import { useId, useState, type KeyboardEvent } from 'react';
import { runCommand } from '../cluster/run-command.ts';
import { useControl, useHand, usePlaygroundStore } from './hooks.ts';
import { findItems, paletteItems, type PaletteItem } from './palette-items.ts';
import { stepBackFrom } from './step-shown.ts';
import './styles/palette.css';

interface CommandPaletteProps {
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
  /** What was typed before the palette was there. */
  readonly takeTyped: () => string;
}

/** Every action by name. */
export function CommandPalette({ isOpen, setOpen, takeTyped }: CommandPaletteProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="palette" aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Commands</Dialog.Title>
          <Palette close={() => setOpen(false)} takeTyped={takeTyped} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface PaletteProps {
  readonly close: () => void;
  readonly takeTyped: () => string;
}

function Palette({ close, takeTyped }: PaletteProps) {
  const store = usePlaygroundStore();
  const perform = usePerform();
  const list = useId();
  const [text, setText] = useState(takeTyped);
  const [chosen, setChosen] = useState(0);
  // What is listed stands still while the palette is open; whether it can still be done is told when it is chosen.
  const [items] = useState(() => paletteItems(store.getState()));
  const found = findItems(text, items, store.getState());

  const choose = (item: PaletteItem | undefined): void => {
    if (item === undefined || item.reason !== undefined) return;
    close();
    perform(item);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const wrapped = Math.abs(step) === 1 ? (chosen + step + found.length) % Math.max(1, found.length) : chosen + step;
      setChosen(Math.max(0, Math.min(wrapped, found.length - 1)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(found[chosen]);
    }
  };
  return (
    <>
      <input
        type="text"
        className="palette-input"
        role="combobox"
        aria-label="Find an action, or type a command"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length === 0 ? undefined : `${list}-${chosen}`}
        placeholder="Find an action, or type x=5"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} className="palette-list" role="listbox" aria-label="Actions">
        {found.map((item, index) => (
          <button
            type="button"
            tabIndex={-1}
            key={`${item.group} ${item.label}`}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            aria-disabled={item.reason !== undefined}
            onPointerMove={() => setChosen(index)}
            onClick={() => choose(item)}
            ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
          >
            <span className="palette-label">{item.label}</span>
            <span className="palette-note">{item.reason ?? item.group}</span>
          </button>
        ))}
      </div>
      {found.length === 0 && <p className="palette-none">Nothing is called that. Try kill, split, heal or x=5.</p>}
    </>
  );
}

/** Does what an item stands for; what comes of a request is told in a notice. */
function usePerform(): (item: PaletteItem) => void {
  const store = usePlaygroundStore();
  const control = useControl();
  const hand = useHand();
  return ({ deed }) => {
    switch (deed.type) {
      case 'action':
        hand.act(deed.action);
        return;
      case 'show':
        hand.show(deed.request);
        return;
      case 'live':
        hand.rewind(undefined);
        return;
      case 'step-back': {
        const { cursor, timeline } = store.getState();
        hand.rewind(stepBackFrom(timeline, cursor));
        return;
      }
      case 'command': {
        const { command } = deed;
        hand.rewind(undefined);
        hand.attempt(async () => {
          const said = await runCommand(control, command, hand.clusters);
          if (command.type === 'operation' || command.type === 'undo') hand.notify('info', said);
        });
        return;
      }
    }
  };
}
