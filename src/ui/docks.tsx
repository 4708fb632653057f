import { type FunctionComponent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { useShown } from './hooks.ts';
import { Late } from './late.tsx';
import { type LatePart, latePart } from './late-part.ts';
import { useMedia } from './use-media.ts';

interface Slot {
  readonly id: string;
  readonly title: string;
  /** The one question that the panel answers. */
  readonly question: string;
  readonly panel: LatePart<FunctionComponent>;
  /** What its tab may be marked with. */
  readonly mark?: LatePart<FunctionComponent>;
}

// The ring is there first; the panels come a moment later, into boxes of the same size.
const client: Slot = {
  id: 'client',
  title: 'Client',
  question: 'What did I ask, and what came of it?',
  panel: latePart('The client', async () => (await import('./panels/client-panel.tsx')).ClientPanel),
};
const state: Slot = {
  id: 'state',
  title: 'State',
  question: 'What is stored?',
  panel: latePart('The state', async () => (await import('./panels/state-panel.tsx')).StatePanel),
};
const logs: Slot = {
  id: 'logs',
  title: 'Logs',
  question: 'What is agreed?',
  panel: latePart('The logs', async () => (await import('./panels/logs-panel.tsx')).LogsPanel),
};
const timeline: Slot = {
  id: 'timeline',
  title: 'Timeline',
  question: 'What happened, and why?',
  panel: latePart('The timeline', async () => (await import('./panels/timeline-panel.tsx')).TimelinePanel),
};

const checks: Slot = {
  id: 'checks',
  title: 'Checks',
  question: 'Is all as it should be?',
  panel: latePart('The checks', async () => (await import('./checks/checks-panel.tsx')).ChecksPanel),
  mark: latePart('The mark of a breach', async () => (await import('./checks/checks-mark.tsx')).ChecksMark),
};

/** The panels in their places: side by side where there is room, behind tabs where there is not. */
export function Docks() {
  const isWide = useMedia('(min-width: 1200px)');
  const isNarrow = useMedia('(max-width: 819px)');
  if (isNarrow) return <TabbedSlots className="below" label="Panels" slots={[client, state, logs, timeline, checks]} />;
  if (!isWide) {
    return (
      <>
        <TabbedSlots className="side" label="Client and state" slots={[client, state]} />
        <TabbedSlots className="below" label="Logs, timeline and checks" slots={[logs, timeline, checks]} />
      </>
    );
  }
  return (
    <>
      <div className="side">
        <OpenSlot slot={client} />
        <OpenSlot slot={state} />
      </div>
      <div className="below">
        <OpenSlot slot={logs} />
        <TabbedSlots className="slot" label="Timeline and checks" slots={[timeline, checks]} />
      </div>
    </>
  );
}

function OpenSlot({ slot: { id, title, question, panel } }: { readonly slot: Slot }) {
  return (
    <div className="slot" data-slot={id}>
      <div className="slot-title">
        <h2>{title}</h2>
        <p>{question}</p>
      </div>
      <div className="slot-body">
        <Late part={panel} isPlace>
          {(Panel) => <Panel />}
        </Late>
      </div>
    </div>
  );
}

interface TabbedSlotsProps {
  readonly className: string;
  readonly label: string;
  readonly slots: readonly Slot[];
}

/** Tabs as the ARIA practices describe them: the arrow keys, Home and End choose. */
function TabbedSlots({ className, label, slots }: TabbedSlotsProps) {
  const name = useId();
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const choose = (position: number): void => {
    const next = (position + slots.length) % slots.length;
    setChosen(next);
    const tab = list.current?.children[next];
    if (tab instanceof HTMLElement) tab.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    const target = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: slots.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choose(target);
  };
  const slot = slots[chosen];
  const checksAt = slots.indexOf(checks);
  return (
    <div className={`${className} tabbed`}>
      <div ref={list} className="tab-list" role="tablist" aria-label={label} tabIndex={-1} onKeyDown={keys}>
        {slots.map(({ id, title, question, mark }, position) => (
          <button
            key={id}
            type="button"
            className="tab"
            role="tab"
            id={`${name}-${id}`}
            aria-selected={position === chosen}
            aria-controls={`${name}-panel`}
            tabIndex={position === chosen ? 0 : -1}
            title={question}
            onClick={() => setChosen(position)}
          >
            {title}
            {mark !== undefined && <Late part={mark}>{(Mark) => <Mark />}</Late>}
          </button>
        ))}
      </div>
      {checksAt >= 0 && <ChecksListener onShown={() => setChosen(checksAt)} />}
      {slot !== undefined && (
        <div
          key={slot.id}
          className="slot-body"
          role="tabpanel"
          id={`${name}-panel`}
          aria-labelledby={`${name}-${slot.id}`}
        >
          <Late part={slot.panel} isPlace>
            {(Panel) => <Panel />}
          </Late>
        </div>
      )}
    </div>
  );
}

/** Hears that the checks are asked for: something is broken. */
function ChecksListener({ onShown }: { readonly onShown: () => void }) {
  useShown('checks', onShown);
  return null;
}
