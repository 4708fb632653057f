import { describe } from '../../timeline/describe.ts';
import { usePlayground } from '../hooks.ts';
import { MomentButton } from './moment-button.tsx';
import type { ChecksReport } from './run-checks.ts';

/** The operation that no order can place, with its beginning and its end to go to. */
export function ClientEvidence({ report: { verdict, culprit } }: { readonly report: ChecksReport }) {
  const timeline = usePlayground((playground) => playground.timeline);
  if (verdict.type !== 'not-linearizable') return null;
  const moments = culprit === undefined ? [] : [culprit.invokedAt, culprit.returnedAt];
  return (
    <section className="breach" aria-label="What clients saw is not linearizable">
      <h3>What clients saw is not linearizable</h3>
      <p>
        No order of the operations on <code>{verdict.key}</code> explains what its clients were told
        {culprit === undefined ? '.' : `: this request of ${culprit.client} has no place in any.`}
      </p>
      <ol className="breach-events" aria-label="What shows it">
        {moments.map((index) => {
          const event = timeline.at(index);
          if (event === undefined) return null;
          return (
            <li key={index}>
              <MomentButton index={index} atUs={event.atUs} text={describe(event).text} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}
