import { useRef, useState } from 'react';
import { leaderOf } from '../../cluster/cluster-status.ts';
import { completions, type Completion } from '../../cluster/command-completions.ts';
import { usePlaygroundStore } from '../hooks.ts';

/** How many lines the history remembers. */
export const MAX_HISTORY = 100;
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

/** A line that is being typed: completed, recalled from the history, and run. */
export function useCommandEditing(runLine: (line: string) => boolean) {
  const store = usePlaygroundStore();
  const [editing, setEditing] = useState(empty);
  const history = useRef<readonly string[]>([]);
  const { line, offers, past } = editing;

  const offersFor = (text: string): readonly Completion[] => {
    const { view } = store.getState();
    const leader = leaderOf(view);
    const keys = view.nodes[leader ?? view.world.nodes[0] ?? '']?.store.keySeq().take(MAX_KEYS).toArray();
    return completions(text, view.world.nodes, { leader, keys });
  };
  const recall = (place: number | undefined): void => {
    setEditing({ ...empty, line: place === undefined ? '' : (history.current[place] ?? ''), past: place });
  };

  return {
    ...editing,
    type: (text: string): void => {
      setEditing({ ...empty, line: text, offers: text === '' ? [] : offersFor(text) });
    },
    /** Puts one of the offers into the line. */
    choose: (index: number): void => {
      const offer = offers[index];
      if (offer !== undefined) setEditing({ ...editing, line: offer.line, chosen: index });
    },
    /** Shows what is on offer for the line as it is. */
    offer: (): void => setEditing({ ...editing, offers: offersFor(line), chosen: undefined }),
    close: (): void => setEditing({ ...editing, offers: [], chosen: undefined }),
    /** One line further back in the history. */
    older: (): void => {
      const { length } = history.current;
      if (length > 0) recall(Math.max(0, (past ?? length) - 1));
    },
    /** One line further on; past the newest, an empty one. */
    newer: (): void => {
      if (past !== undefined) recall(past + 1 < history.current.length ? past + 1 : undefined);
    },
    submit: (): void => {
      if (line.trim() === '') return;
      if (!runLine(line)) {
        setEditing({ ...editing, offers: [], chosen: undefined });
        return;
      }
      history.current = remembered(history.current, line);
      setEditing(empty);
    },
  };
}

/** A history with one more line: the oldest gives way, and a line that comes again is remembered once. */
export function remembered(lines: readonly string[], line: string): readonly string[] {
  return [...lines.filter((one) => one !== line), line].slice(-MAX_HISTORY);
}

export type CommandEditing = ReturnType<typeof useCommandEditing>;
