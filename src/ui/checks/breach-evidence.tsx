import type { Breach } from '../../check/invariants/breach.ts';
import { invariantBook } from '../../check/invariants/invariant-book.ts';
import { describe } from '../../timeline/describe.ts';
import { usePlayground } from '../hooks.ts';
import { MomentButton } from './moment-button.tsx';

/** What broke, and what shows it: the sentence, the events to go to, the nodes and the entries. */
export function BreachEvidence({ breach }: { readonly breach: Breach }) {
  const { title, text } = invariantBook[breach.invariant];
  const sabotages = usePlayground(({ config }) => config.sabotages) ?? [];
  return (
    <section className="breach" aria-label={`${title} is broken`}>
      <h3>
        {title} is broken <span className="check-section">{breach.section}</span>
      </h3>
      <p>{breach.sentence}</p>
      <p className="note">{text}</p>
      <ol className="breach-events" aria-label="What shows it">
        {breach.events.map(({ index, event }) => (
          <li key={index}>
            <MomentButton index={index} atUs={event.atUs} text={describe(event).text} />
          </li>
        ))}
      </ol>
      <p className="note">
        {breach.nodes.length === 1 ? 'Node' : 'Nodes'}: {breach.nodes.join(', ')}
        {breach.entries.length > 0 &&
          ` · Entries: ${breach.entries.map(({ index, term }) => `${index} of term ${term}`).join(', ')}`}
        {sabotages.length > 0 && ` · This run is broken on purpose: ${sabotages.join(', ')}`}
      </p>
    </section>
  );
}
