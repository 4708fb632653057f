/** How many bytes a leader's entries beyond its commit index have, as far as they have been counted. */
export interface Uncommitted {
  /** The term for which it counts: in another everything is counted anew. */
  term: number;
  bytes: number;
  /** The entries behind `from` up to `to` are counted. */
  from: number;
  to: number;
}
