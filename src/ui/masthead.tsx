import { useHand, usePlayground } from './hooks.ts';
import { Late } from './late.tsx';
import { latePart } from './late-part.ts';
import { useLater } from './later.ts';
import { commandKey } from './command-key.ts';
import { useMedia } from './use-media.ts';

/** What this is, and what is done to the run as a whole. */
export function Masthead() {
  const isNarrow = useMedia('(max-width: 819px)');
  const hand = useHand();
  return (
    <header className="masthead">
      <div className="masthead-title">
        <h1>Whitewater</h1>
        <MastheadSentence />
      </div>
      <div className="masthead-buttons">
        <Late part={undoButton} standIn={<UndoStandIn />}>
          {(UndoButton) => <UndoButton />}
        </Late>
        {!isNarrow && (
          <>
            <button type="button" className="button quiet" onClick={() => hand.show('command-palette')}>
              Commands <kbd>{commandKey('K')}</kbd>
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

const sabotageMark = latePart(
  'What is broken on purpose',
  async () => (await import('./sabotage-mark.tsx')).SabotageMark,
);

/** What this is; of a cluster that is broken on purpose, that. */
function MastheadSentence() {
  const sabotages = usePlayground(({ config }) => config.sabotages);
  const real = usePlayground(({ clock }) => clock.real?.address);
  if (real !== undefined) {
    const place = real.replace(/^wss?:\/\//, '');
    return <p className="masthead-sentence">{`A real cluster, at ${place}, in real time.`}</p>;
  }
  if (sabotages === undefined || sabotages.length === 0) {
    return <p className="masthead-sentence">A Raft cluster in your browser, and rough water to test it on.</p>;
  }
  return (
    <p className="masthead-sentence">
      <Late part={sabotageMark} standIn={<span className="sabotage-mark">Broken on purpose</span>}>
        {(SabotageMark) => <SabotageMark names={sabotages} />}
      </Late>
    </p>
  );
}

const undoButton = latePart('Undo', async () => (await import('./undo-button.tsx')).UndoButton);

/** Until there is something to undo, and its name. */
function UndoStandIn() {
  return (
    <button type="button" className="button quiet undo" disabled>
      Undo
    </button>
  );
}

const fileMenu = latePart('Saving and opening', async () => (await import('./file-menu.tsx')).FileMenu);

/** A button of the same size stands in until the menu is there. */
function FileMenuLater({ isNarrow }: { readonly isNarrow: boolean }) {
  const hand = useHand();
  const isTime = useLater();
  const standIn = (
    <button type="button" className="button quiet" onClick={() => hand.show('export')}>
      {isNarrow ? 'Menu' : 'Save and open'}
    </button>
  );
  return (
    <Late part={fileMenu} isTime={isTime} standIn={standIn} shows={['export', 'open-run']}>
      {(FileMenu) => <FileMenu isNarrow={isNarrow} />}
    </Late>
  );
}
