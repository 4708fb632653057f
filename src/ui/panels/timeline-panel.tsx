import { useMemo, useState } from 'react';
import { useHand, usePlayground } from '../hooks.ts';
import { everything } from './event-filter.ts';
import { EventFilters } from './event-filters.tsx';
import { EventList } from './event-list.tsx';
import { Scrubber } from './scrubber.tsx';
import { useEventIndex } from './use-event-index.ts';
import '../styles/panels.css';

/** What happened, and why: every event, filtered, and a slider over all of them. It fills the box that it is given. */
export function TimelinePanel() {
  const hand = useHand();
  const [filter, setFilter] = useState(everything);
  const nodes = usePlayground((playground) => playground.view.world.nodes);
  const client = usePlayground((playground) => playground.view.requests.last()?.client);
  const rewound = usePlayground((playground) => playground.cursor !== undefined);
  const actors = useMemo(() => [...nodes, client ?? 'c1', 'cluster'], [nodes, client]);
  const index = useEventIndex(filter);
  return (
    <section className="panel timeline" aria-label="Timeline: what happened, and why">
      <div className="timeline-head">
        <Scrubber />
        <button type="button" className="live" disabled={!rewound} onClick={() => hand.rewind(undefined)}>
          {rewound ? 'Back to live' : 'Live'}
        </button>
      </div>
      <EventFilters filter={filter} actors={actors} folded={index.folded} setFilter={setFilter} />
      <EventList index={index} />
    </section>
  );
}
