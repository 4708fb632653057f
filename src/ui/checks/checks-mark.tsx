import { useChecks } from './use-checks.ts';

/** On the tab of the checks: that something is broken, whichever tab is open. */
export function ChecksMark() {
  if (!useChecks().isBroken) return null;
  return (
    <span className="tab-mark" title="Something is broken">
      <span className="visually-hidden"> (something is broken)</span>
    </span>
  );
}
