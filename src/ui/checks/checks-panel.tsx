import { invariantBook } from '../../check/invariants/invariant-book.ts';
import { usePlayground } from '../hooks.ts';
import { countOf, counted } from '../../timeline/words.ts';
import { secondsOf } from '../panels/format.ts';
import { BreachEvidence } from './breach-evidence.tsx';
import { ClientEvidence } from './client-evidence.tsx';
import type { ChecksReport, RunChecks } from './run-checks.ts';
import { useChecks } from './use-checks.ts';
import '../styles/panels.css';
import '../styles/checks.css';

const LABEL = 'Checks: is all as it should be?';

/** Is all as it should be? Every invariant, and what clients saw, with what put it to the test. It fills the box that it is given. */
export function ChecksPanel() {
  const checks = useChecks();
  const { run } = checks;
  if (run === undefined) return <section className="panel checks" aria-label={LABEL} />;
  const { report } = run;
  const { breach } = report;
  return (
    <section className="panel checks" aria-label={LABEL}>
      <div className="checks-scroll">
        {breach !== undefined && <BreachEvidence breach={breach} />}
        {report.verdict.type === 'not-linearizable' && <ClientEvidence report={report} />}
        <ul className="check-list" aria-label="Invariants">
          {run.judgesClients && (
            <CheckRow
              title="Linearizability"
              section="Herlihy and Wing"
              text="One order of the requests explains what every client saw."
              standing={standingOfClients(report)}
              count={verdictWords(report)}
            />
          )}
          {run.names.map((name) => {
            const { title, section, text, counts } = invariantBook[name];
            const exercised = run.exercised(name);
            return (
              <CheckRow
                key={name}
                title={title}
                section={section}
                text={text}
                standing={breach?.invariant === name ? 'broken' : exercised === 0 ? 'waiting' : 'holds'}
                count={exercised === 0 ? 'not tried yet' : counted(exercised, counts[0], counts[1])}
              />
            );
          })}
        </ul>
        {!run.judgesClients && (
          <p className="note">
            The other invariants are not judged here: the nodes are real, and their clocks do not say which of two
            events on different nodes came first. Nor is what clients saw, for this page hears of its own alone.
          </p>
        )}
      </div>
      <ChecksFoot run={run} />
    </section>
  );
}

type Standing = 'holds' | 'waiting' | 'broken' | 'unknown';

const standingWords: Readonly<Record<Standing, string>> = {
  holds: 'holds',
  waiting: 'waits',
  broken: 'broken',
  unknown: 'not known',
};

interface CheckRowProps {
  readonly title: string;
  readonly section: string;
  readonly text: string;
  readonly standing: Standing;
  readonly count: string;
}

function CheckRow({ title, section, text, standing, count }: CheckRowProps) {
  return (
    <li className="check" data-standing={standing} title={text}>
      <span className="check-mark" aria-hidden="true" />
      <span className="check-title">
        {title} <span className="check-section">{section}</span>
      </span>
      <span className="check-count">{count}</span>
      <span className="check-standing">{standingWords[standing]}</span>
      <span className="visually-hidden">. {text}</span>
    </li>
  );
}

function standingOfClients({ verdict: { type }, ended, from }: ChecksReport): Standing {
  if (type !== 'not-linearizable' && from > 0) return 'unknown';
  if (type === 'linearizable' && ended === 0) return 'waiting';
  return type === 'linearizable' ? 'holds' : type === 'unknown' ? 'unknown' : 'broken';
}

function verdictWords({ verdict, ended, from }: ChecksReport): string {
  if (verdict.type !== 'not-linearizable' && from > 0) return 'the first requests are no longer held';
  if (verdict.type === 'unknown') return `the search of "${verdict.key}" is too long`;
  return ended === 0 ? 'no request yet' : counted(ended, 'request');
}

/** Over what the checks speak: always the whole run, whichever moment the screen shows. */
function ChecksFoot({ run: { report, isBehind, judgesClients } }: { readonly run: RunChecks }) {
  const isRewound = usePlayground(({ cursor }) => cursor !== undefined);
  const sabotages = usePlayground(({ config }) => config.sabotages);
  const [whole, rest] = judgesClients
    ? ['the whole run', 'the run']
    : ['what the nodes have told', 'what they have told'];
  const beginning = report.from === 0 ? whole : `${rest} from event ${countOf(report.from)} on`;
  const words = [
    `${isBehind ? 'Catching up' : 'Checked'}: ${beginning} up to ${secondsOf(report.atUs)}`,
    ...(isRewound ? ['the screen shows an earlier moment'] : []),
    ...(sabotages !== undefined && sabotages.length > 0 ? [`broken on purpose: ${sabotages.join(', ')}`] : []),
  ].join(' · ');
  return (
    <p className="panel-foot" title={words}>
      {words}
    </p>
  );
}
