import { Tabs } from 'radix-ui';
import type { FunctionComponent } from 'react';
import { ClientPanel } from './panels/client-panel.tsx';
import { LogsPanel } from './panels/logs-panel.tsx';
import { StatePanel } from './panels/state-panel.tsx';
import { TimelinePanel } from './panels/timeline-panel.tsx';
import { useMedia } from './use-media.ts';

interface Slot {
  readonly id: string;
  readonly title: string;
  /** The one question that the panel answers. */
  readonly question: string;
  readonly Panel: FunctionComponent;
}

const client: Slot = {
  id: 'client',
  title: 'Client',
  question: 'What did I ask, and what came of it?',
  Panel: ClientPanel,
};
const state: Slot = { id: 'state', title: 'State', question: 'What is stored?', Panel: StatePanel };
const logs: Slot = { id: 'logs', title: 'Logs', question: 'What is agreed?', Panel: LogsPanel };
const timeline: Slot = { id: 'timeline', title: 'Timeline', question: 'What happened, and why?', Panel: TimelinePanel };

/** The panels in their places: side by side where there is room, behind tabs where there is not. */
export function Docks() {
  const isWide = useMedia('(min-width: 1200px)');
  const isNarrow = useMedia('(max-width: 819px)');
  if (isNarrow) return <TabbedSlots className="below" label="Panels" slots={[client, state, logs, timeline]} />;
  if (!isWide) {
    return (
      <>
        <TabbedSlots className="side" label="Client and state" slots={[client, state]} />
        <TabbedSlots className="below" label="Logs and timeline" slots={[logs, timeline]} />
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
        <OpenSlot slot={timeline} />
      </div>
    </>
  );
}

function OpenSlot({ slot: { id, title, question, Panel } }: { readonly slot: Slot }) {
  return (
    <div className="slot" data-slot={id}>
      <div className="slot-title">
        <h2>{title}</h2>
        <p>{question}</p>
      </div>
      <div className="slot-body">
        <Panel />
      </div>
    </div>
  );
}

interface TabbedSlotsProps {
  readonly className: string;
  readonly label: string;
  readonly slots: readonly Slot[];
}

function TabbedSlots({ className, label, slots }: TabbedSlotsProps) {
  return (
    <Tabs.Root className={`${className} tabbed`} defaultValue={slots[0]?.id ?? ''}>
      <Tabs.List className="tab-list" aria-label={label}>
        {slots.map(({ id, title, question }) => (
          <Tabs.Trigger key={id} className="tab" value={id} title={question}>
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {slots.map(({ id, Panel }) => (
        <Tabs.Content key={id} className="slot-body" value={id} tabIndex={-1}>
          <Panel />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
