import { useId, useRef, type KeyboardEvent } from 'react';
import type { Completion } from '../../cluster/command-completions.ts';
import { type CommandEditing, useCommandEditing } from './use-command-editing.ts';

/** The command line: arrow keys go through its history, Tab completes, Enter runs. */
export function CommandInput({ runLine }: { readonly runLine: (line: string) => boolean }) {
  const editing = useCommandEditing(runLine);
  const { line, offers, chosen } = editing;
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const take = (offer: Completion): void => {
    editing.type(offer.line);
    input.current?.focus();
  };
  return (
    <div className="command-line">
      <span className="prompt" aria-hidden="true">
        ›
      </span>
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Command line. Type help for what it takes."
        aria-expanded={offers.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen}`}
        placeholder="x=5, get x, kill 3, help"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="send"
        value={line}
        onChange={(event) => editing.type(event.target.value)}
        onKeyDown={(event) => {
          if (pressed(event, editing)) event.preventDefault();
        }}
        onBlur={editing.close}
      />
      <Offers id={list} offers={offers} chosen={chosen} onTake={take} />
    </div>
  );
}

/** Does what a key does in the command line; false for a key that only types. */
function pressed(event: KeyboardEvent<HTMLInputElement>, editing: CommandEditing): boolean {
  const { offers, chosen } = editing;
  switch (event.key) {
    case 'Enter':
      editing.submit();
      return true;
    case 'Tab': {
      const [only, second] = offers;
      if (only === undefined) return false;
      if (second === undefined) editing.type(only.line);
      else if (event.shiftKey) editing.choose(((chosen ?? 0) - 1 + offers.length) % offers.length);
      else editing.choose(chosen === undefined ? 0 : (chosen + 1) % offers.length);
      return true;
    }
    case 'Escape':
      if (offers.length === 0) return false;
      editing.close();
      return true;
    case 'ArrowUp':
      editing.older();
      return true;
    case 'ArrowDown':
      if (editing.past !== undefined) editing.newer();
      else if (offers.length === 0) editing.offer();
      return true;
    default:
      return false;
  }
}

interface OffersProps {
  readonly id: string;
  readonly offers: readonly Completion[];
  readonly chosen: number | undefined;
  readonly onTake: (offer: Completion) => void;
}

/** What the line could go on with. */
function Offers({ id, offers, chosen, onTake }: OffersProps) {
  return (
    <div id={id} role="listbox" className="offers" aria-label="Ways to go on" hidden={offers.length === 0}>
      {offers.map((offer, index) => (
        <button
          key={offer.line}
          type="button"
          tabIndex={-1}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          // The field keeps the focus, and its list with it.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onTake(offer)}
          ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
        >
          <span className="offer-label">{offer.label}</span>
          <span className="offer-detail">{offer.detail}</span>
        </button>
      ))}
    </div>
  );
}
