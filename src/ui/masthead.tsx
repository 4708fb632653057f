import { lazy, Suspense } from 'react';
import { describeAction } from '../timeline/describe.ts';
import { useHand, usePlayground } from './hooks.ts';
import { useLater } from './later.ts';
import { useMedia } from './use-media.ts';

/** What this is, and what is done to the run as a whole. */
export function Masthead() {
  const isNarrow = useMedia('(max-width: 819px)');
  const hand = useHand();
  return (
    <header className="masthead">
      <div className="masthead-title">
        <h1>Whitewater</h1>
        <p className="masthead-sentence">A Raft cluster in your browser, and rough water to test it on.</p>
      </div>
      <div className="masthead-buttons">
        <UndoButton />
        {!isNarrow && (
          <>
            <button type="button" className="button quiet" onClick={() => hand.show('command-palette')}>
              Commands <kbd>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
            </button>
            <button type="button" className="button quiet" onClick={() => hand.show('new-cluster')}>
              New cluster…
            </button>
          </>
        )}
        <FileMenuLater isNarrow={isNarrow} />
      </div>
    </header>
  );
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Undoes the last action, and names it. */
function UndoButton() {
  const hand = useHand();
  const undoable = usePlayground(({ clock }) => clock.undoable);
  const name = undoable === undefined ? undefined : describeAction(undoable);
  return (
    <button
      type="button"
      className="button quiet undo"
      disabled={undoable === undefined}
      title={name === undefined ? 'Nothing to undo' : `Undo: ${name} (${isMac ? '⌘Z' : 'Ctrl Z'})`}
      onClick={hand.undo}
    >
      Undo{name !== undefined && <span className="undo-name"> {name}</span>}
    </button>
  );
}

const FileMenu = lazy(async () => ({ default: (await import('./file-menu.tsx')).FileMenu }));

/** A button of the same size stands in until the menu is there. */
function FileMenuLater({ isNarrow }: { readonly isNarrow: boolean }) {
  const hand = useHand();
  const isTime = useLater();
  const standIn = (
    <button type="button" className="button quiet" onClick={() => hand.show('export')}>
      {isNarrow ? 'Menu' : 'Save and open'}
    </button>
  );
  return isTime ? (
    <Suspense fallback={standIn}>
      <FileMenu isNarrow={isNarrow} />
    </Suspense>
  ) : (
    standIn
  );
}
