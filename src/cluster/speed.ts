/** Virtual time per real time: the slowest and the fastest that the clock can be asked for. */
export const MIN_SPEED = 0.001;
export const MAX_SPEED = 20;

/** At the start: a message takes about a quarter of a second, an election timeout about two. */
export const DEFAULT_SPEED = 0.1;
