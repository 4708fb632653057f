import { useChecks } from './use-checks.ts';

/** Draws nothing: while it stands, the run is checked, whichever panel is open. */
export function ChecksWatch() {
  useChecks();
  return null;
}
