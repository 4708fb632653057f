/** How long leases are, and how far clocks may be off. */
export interface LeaseConfig {
  /** In real time, microseconds. */
  readonly durationUs: number;
  /** By how many millionths a clock may run fast or slow, at most; below 1,000,000. */
  readonly driftPpm: number;
}

/** All that a node knows of leases, by its own clock, in microseconds. Plain data; 0 stands for none. */
export interface LeaseState {
  /** Of a leader: until when it may answer reads by itself (thesis 6.4.1). */
  heldUntilUs: number;
  /** Of a leader: when the last round began that a majority has echoed; at first, when the lead began. */
  renewedUs: number;
  /** Of a leader: it has told another to stand, and holds no lease for the rest of its term. */
  givenUp: boolean;
  /** Until when a leader that this node has heard may hold a lease. It outlives terms. */
  promisedUntilUs: number;
  /** Of a candidate or a leader: until when the leader before it may hold a lease. */
  waitUntilUs: number;
}

export function noLease(): LeaseState {
  return { heldUntilUs: 0, renewedUs: 0, givenUp: false, promisedUntilUs: 0, waitUntilUs: 0 };
}

/** A lead ends, and whatever it held with it. */
export function endLease(lease: LeaseState): void {
  lease.heldUntilUs = 0;
  lease.waitUntilUs = 0;
  lease.givenUp = false;
}
