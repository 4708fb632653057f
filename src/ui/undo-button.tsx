import { describeAction } from '../timeline/describe.ts';
import { commandKey } from './command-key.ts';
import { useHand, usePlayground } from './hooks.ts';

/** Undoes the last action, and names it. */
export function UndoButton() {
  const hand = useHand();
  const undoable = usePlayground(({ clock }) => clock.undoable);
  const name = undoable === undefined ? undefined : describeAction(undoable);
  return (
    <button
      type="button"
      className="button quiet undo"
      disabled={undoable === undefined}
      title={name === undefined ? 'Nothing to undo' : `Undo: ${name} (${commandKey('Z')})`}
      onClick={hand.undo}
    >
      Undo{name !== undefined && <span className="undo-name"> {name}</span>}
    </button>
  );
}
