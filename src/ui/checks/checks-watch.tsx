import { invariantBook } from '../../check/invariants/invariant-book.ts';
import type { RunChecks } from './run-checks.ts';
import { useChecks } from './use-checks.ts';

/** While it stands, the run is checked, whichever panel is open. It draws nothing, and says to a screen reader what broke, once. */
export function ChecksWatch() {
  const { run } = useChecks();
  return (
    <p className="visually-hidden" role="alert">
      {run && brokenWords(run)}
    </p>
  );
}

function brokenWords({ report: { breach, verdict } }: RunChecks): string | undefined {
  if (breach !== undefined) return `${invariantBook[breach.invariant].title} is broken: ${breach.sentence}`;
  return verdict.type === 'not-linearizable' ? 'What clients saw is not linearizable.' : undefined;
}
