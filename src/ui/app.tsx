import { type DragEvent, useState } from 'react';
import { checksWatch } from './checks/checks-watch-part.ts';
import { ClockBar } from './clock-bar.tsx';
import { Docks } from './docks.tsx';
import { FaultBar } from './fault-bar.tsx';
import { PlaygroundContext, useHand, usePlayground } from './hooks.ts';
import { Invitations } from './invitations.tsx';
import { Late } from './late.tsx';
import { latePart } from './late-part.ts';
import { useLater } from './later.ts';
import { Masthead } from './masthead.tsx';
import { Notices } from './notices.tsx';
import { PaletteDoor } from './palette-door.tsx';
import type { WiredPlayground } from './playground.ts';
import { Stage } from './stage/stage.tsx';
import { useMedia } from './use-media.ts';
import { useShortcuts } from './use-shortcuts.ts';

const newClusterDialog = latePart(
  'The form for a new cluster',
  async () => (await import('./dialogs/new-cluster-dialog.tsx')).NewClusterDialog,
);
const huntDialog = latePart('The hunt', async () => (await import('./hunt/hunt-dialog.tsx')).HuntDialog);
const attachDialog = latePart(
  'The form to attach',
  async () => (await import('./real/attach-dialog.tsx')).AttachDialog,
);
const realPanel = latePart(
  'What is known of the real cluster',
  async () => (await import('./real/real-panel.tsx')).RealPanel,
);
const announcer = latePart('What screen readers say', async () => (await import('./announcer.tsx')).Announcer);

/** The whole screen of one playground. */
export function App({ playground }: { readonly playground: WiredPlayground }) {
  return (
    <PlaygroundContext value={playground}>
      <Screen />
    </PlaygroundContext>
  );
}

function Screen() {
  const drop = useRunFileDrop();
  useShortcuts();
  const isTime = useLater();
  return (
    <div className="app" {...drop.handlers}>
      <Masthead />
      <main className="deck">
        <StageArea />
        <Docks />
      </main>
      <footer className="clock-slot">
        <ClockBar />
      </footer>
      <Notices />
      <Late part={announcer}>{(Announcer) => <Announcer />}</Late>
      <Late part={checksWatch} isWanted>
        {(ChecksWatch) => <ChecksWatch />}
      </Late>
      <PaletteDoor />
      <Late part={newClusterDialog} isTime={isTime} shows={['new-cluster']}>
        {(NewClusterDialog) => <NewClusterDialog />}
      </Late>
      <Late part={huntDialog} isTime={false} shows={['hunt']}>
        {(HuntDialog) => <HuntDialog />}
      </Late>
      <Late part={attachDialog} isTime={false} shows={['attach']}>
        {(AttachDialog) => <AttachDialog />}
      </Late>
      {drop.isOver && <div className="drop-hint">Let go to open this run file</div>}
    </div>
  );
}

/** The ring with what to try first beside it; on a narrow screen, below it. */
function StageArea() {
  const isWide = useMedia('(min-width: 1200px)');
  const isNarrow = useMedia('(max-width: 819px)');
  const isReal = usePlayground(({ clock }) => clock.real !== undefined);
  const beside = (
    <div className="stage-side">
      {isReal ? <Late part={realPanel}>{(RealPanel) => <RealPanel />}</Late> : <Invitations />}
      <FaultBar />
    </div>
  );
  return (
    <>
      <section className="stage-area" aria-label="Cluster">
        <Stage leftInset={isNarrow ? 0 : isWide ? 264 : 208} />
        {!isNarrow && beside}
        <Rewound />
      </section>
      {isNarrow && beside}
    </>
  );
}

/** Says where the eye is that the ring shows the past; the timeline and the clock lead back. */
function Rewound() {
  const isRewound = usePlayground(({ cursor }) => cursor !== undefined);
  return isRewound ? <p className="rewound">as it was</p> : null;
}

/** A run file may be dropped anywhere on the page. */
function useRunFileDrop() {
  const hand = useHand();
  const control = usePlayground((playground) => playground.control);
  const [isOver, setOver] = useState(false);
  const hasFile = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return {
    isOver,
    handlers: {
      onDragOver(event: DragEvent): void {
        if (!hasFile(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event: DragEvent): void {
        if (event.relatedTarget === null) setOver(false);
      },
      onDrop(event: DragEvent): void {
        if (!hasFile(event)) return;
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file === undefined) return;
        hand.attempt(async () => {
          const { openRunFile } = await import('./run-files.ts');
          await openRunFile(control, file);
        });
      },
    },
  };
}
