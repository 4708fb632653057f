import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { leaderOf } from '../../cluster/cluster-status.ts';
import { completions, type Completion } from '../../cluster/command-completions.ts';
import { usePlaygroundStore } from '../hooks.ts';

/** How many lines the history remembers. */
const MAX_HISTORY = 100;
/** How many keys completion looks at. */
const MAX_KEYS = 200;

interface Editing {
  readonly line: string;
  /** What is offered, and which of it stands in the line. */
  readonly offers: readonly Completion[];
  readonly chosen: number | undefined;
  /** The place in the history; undefined for a line of one's own. */
  readonly past: number | undefined;
}

const empty: Editing = { line: '', offers: [], chosen: undefined, past: undefined };

/** The command line: arrow keys go through its history, Tab completes, Enter runs. */
export function CommandInput({ runLine }: { readonly runLine: (line: string) => boolean }) {
  const store = usePlaygroundStore();
  const [editing, setEditing] = useState(empty);
  const history = useRef<string[]>([]);
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const { line, offers, chosen } = editing;

  const offersFor = (text: string): readonly Completion[] => {
    const { view } = store.getState();
    const leader = leaderOf(view);
    const keys = view.nodes[leader ?? view.world.nodes[0] ?? '']?.store.keySeq().take(MAX_KEYS).toArray();
    return completions(text, view.world.nodes, { leader, keys });
  };
  const type = (text: string): void => {
    setEditing({ line: text, offers: text === '' ? [] : offersFor(text), chosen: undefined, past: undefined });
  };
  const choose = (index: number): void => {
    const offer = offers[index];
    if (offer !== undefined) setEditing({ ...editing, line: offer.line, chosen: index });
  };
  const take = (offer: Completion): void => {
    type(offer.line);
    input.current?.focus();
  };
  const recall = (past: number | undefined): void => {
    const lines = history.current;
    setEditing({ ...empty, line: past === undefined ? '' : (lines[past] ?? ''), past });
  };
  const submit = (): void => {
    if (line.trim() === '') return;
    if (!runLine(line)) {
      setEditing({ ...editing, offers: [], chosen: undefined });
      return;
    }
    history.current = [...history.current.filter((one) => one !== line), line].slice(-MAX_HISTORY);
    setEditing(empty);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const count = history.current.length;
    switch (event.key) {
      case 'Enter':
        event.preventDefault();
        submit();
        return;
      case 'Tab': {
        if (offers.length === 0) return;
        event.preventDefault();
        const [only, second] = offers;
        if (only !== undefined && second === undefined) type(only.line);
        else if (event.shiftKey) choose(((chosen ?? 0) - 1 + offers.length) % offers.length);
        else choose(chosen === undefined ? 0 : (chosen + 1) % offers.length);
        return;
      }
      case 'Escape':
        if (offers.length === 0) return;
        event.preventDefault();
        setEditing({ ...editing, offers: [], chosen: undefined });
        return;
      case 'ArrowUp':
        event.preventDefault();
        if (count > 0) recall(Math.max(0, (editing.past ?? count) - 1));
        return;
      case 'ArrowDown':
        event.preventDefault();
        if (editing.past !== undefined) recall(editing.past + 1 < count ? editing.past + 1 : undefined);
        else if (offers.length === 0) setEditing({ ...editing, offers: offersFor(line), chosen: undefined });
        return;
      default:
    }
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
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setEditing({ ...editing, offers: [], chosen: undefined })}
      />
      <div id={list} role="listbox" className="offers" aria-label="Ways to go on" hidden={offers.length === 0}>
        {offers.map((offer, index) => (
          <button
            key={offer.line}
            type="button"
            tabIndex={-1}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === chosen}
            // The field keeps the focus, and its list with it.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => take(offer)}
            ref={index === chosen ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
          >
            <span className="offer-label">{offer.label}</span>
            <span className="offer-detail">{offer.detail}</span>
          </button>
        ))}
      </div>
    </div>
  );
}
