import { memo, useId, useState } from 'react';
import { eventKinds } from '../../timeline/describe.ts';
import type { EventFilter } from './event-filter.ts';
import { countOf } from '../../timeline/words.ts';

export interface EventFiltersProps {
  readonly filter: EventFilter;
  /** Who may be chosen: nodes, clients and the hand from outside. */
  readonly actors: readonly string[];
  readonly folded: number;
  readonly setFilter: (filter: EventFilter) => void;
}

/** The filters of the timeline: words, heartbeats, who and what. Nothing chosen means everything. */
export const EventFilters = memo(function EventFilters({ filter, actors, folded, setFilter }: EventFiltersProps) {
  const [open, setOpen] = useState(false);
  const chips = useId();
  const chosen = filter.kinds.size + filter.actors.size;
  return (
    <div className="event-filters" role="group" aria-label="Filter events">
      <div className="event-filter-line">
        <input
          type="search"
          aria-label="Search in the events"
          placeholder="Search events"
          autoComplete="off"
          spellCheck={false}
          value={filter.text}
          onChange={(event) => setFilter({ ...filter, text: event.target.value })}
        />
        <button
          type="button"
          aria-pressed={filter.noise}
          onClick={() => setFilter({ ...filter, noise: !filter.noise })}
          title="Heartbeats, their answers and timers"
        >
          {filter.noise ? 'Fold heartbeats' : `Heartbeats (${countOf(folded)} folded)`}
        </button>
        <button type="button" aria-expanded={open} aria-controls={chips} onClick={() => setOpen(!open)}>
          {chosen === 0 ? 'Filter' : `Filter (${chosen})`}
        </button>
      </div>
      <div id={chips} hidden={!open}>
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
          {chosen > 0 && (
            <button
              type="button"
              className="chip"
              onClick={() => setFilter({ ...filter, kinds: new Set(), actors: new Set() })}
            >
              Show all
            </button>
          )}
        </div>
      </div>
    </div>
  );
});

function toggled<Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
