import { memo } from 'react';
import { eventKinds } from '../../timeline/describe.ts';
import type { EventFilter } from './event-filter.ts';
import { countOf } from './format.ts';

export interface EventFiltersProps {
  readonly filter: EventFilter;
  /** Who may be chosen: nodes, clients and the hand from outside. */
  readonly actors: readonly string[];
  readonly folded: number;
  readonly setFilter: (filter: EventFilter) => void;
}

/** The filters of the timeline: words, heartbeats, who and what. Nothing chosen means everything. */
export const EventFilters = memo(function EventFilters({ filter, actors, folded, setFilter }: EventFiltersProps) {
  return (
    <div className="event-filters" role="group" aria-label="Filter events">
      <input
        type="search"
        aria-label="Search in the events"
        placeholder="Search"
        autoComplete="off"
        spellCheck={false}
        value={filter.text}
        onChange={(event) => setFilter({ ...filter, text: event.target.value })}
      />
      <button
        type="button"
        className="chip"
        aria-pressed={filter.noise}
        onClick={() => setFilter({ ...filter, noise: !filter.noise })}
        title="Heartbeats, their answers and timers"
      >
        Heartbeats
        <span className="chip-count">{filter.noise ? 'shown' : `${countOf(folded)} folded`}</span>
      </button>
      <div className="chips" role="group" aria-label="Who">
        {actors.map((actor) => (
          <button
            key={actor}
            type="button"
            className="chip"
            aria-pressed={filter.actors.has(actor)}
            onClick={() => setFilter({ ...filter, actors: toggled(filter.actors, actor) })}
          >
            {actor === 'cluster' ? 'you' : actor}
          </button>
        ))}
      </div>
      <div className="chips" role="group" aria-label="What">
        {eventKinds.map(({ id, label, meaning }) => (
          <button
            key={id}
            type="button"
            className="chip"
            aria-pressed={filter.kinds.has(id)}
            title={meaning}
            onClick={() => setFilter({ ...filter, kinds: toggled(filter.kinds, id) })}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
});

function toggled<Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
