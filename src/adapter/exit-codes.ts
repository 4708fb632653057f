/** All went well; of a check: the history is linearizable. */
export const EXIT_OK = 0;
/** The answer is no; of a check: the history is not linearizable. */
export const EXIT_NO = 1;
/** What was given cannot be used: an unknown option, a missing or unsound file. */
export const EXIT_UNUSABLE = 2;
/** The answer is not known: a limit was reached first. */
export const EXIT_UNKNOWN = 3;
/** The node stopped by itself: its disk cannot be had, believed or written to, or its own state turned out to be impossible. */
export const EXIT_STOPPED = 4;
/** No node took it: it was not done, and will not be. */
export const EXIT_UNAVAILABLE = 5;
