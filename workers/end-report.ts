import type { Failure, Report } from './protocol.ts';

/** A report in which nothing happened. */
export const emptyReport: Report = {
  events: [],
  nextDueUs: Infinity,
  posted: [],
  envelopes: [],
  writes: [],
  failure: undefined,
  missing: [],
};

/**
 * The report of a node that stopped at a moment before the end of what it reports. In the run that is a crash, which
 * precedes all else at its moment: so only what came before it has happened, and what was sent at or after it was not.
 */
export function endReport(report: Report, failure: Failure): Report {
  if (report.failure !== undefined && report.failure.atUs <= failure.atUs) return report;
  const { atUs } = failure;
  return {
    events: report.events.filter((event) => event.atUs < atUs),
    nextDueUs: Infinity,
    posted: report.posted.filter(({ sentUs }) => sentUs < atUs),
    envelopes: report.envelopes.filter(({ sentUs }) => sentUs < atUs),
    writes: report.writes.filter((writeUs) => writeUs < atUs),
    failure,
    missing: report.missing,
  };
}
