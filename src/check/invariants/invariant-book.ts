/** What holds at every moment of a run, with where it is stated and what a watch of it counts. */
export interface InvariantDescription {
  readonly title: string;
  readonly section: string;
  readonly text: string;
  /** What it was put to the test by, as "1 election" and "12 elections" name it. */
  readonly counts: readonly [one: string, many: string];
}

/** Every invariant that is watched: "In Search of an Understandable Consensus Algorithm", or the thesis where it says so. */
export const invariantBook = {
  'election-safety': {
    title: 'Election Safety',
    section: '§5.2',
    text: 'At most one leader is elected in a term.',
    counts: ['election', 'elections'],
  },
  'one-vote': {
    title: 'One vote a term',
    section: '§5.2',
    text: 'A node votes for at most one candidate in a term, whatever becomes of it in between.',
    counts: ['vote', 'votes'],
  },
  'leader-append-only': {
    title: 'Leader Append-Only',
    section: '§5.3',
    text: 'A leader never overwrites or removes entries of its log; it only appends.',
    counts: ['append', 'appends'],
  },
  'log-matching': {
    title: 'Log Matching',
    section: '§5.3',
    text: 'Two logs that hold an entry of the same index and term are the same up to there.',
    counts: ['entry', 'entries'],
  },
  'leader-completeness': {
    title: 'Leader Completeness',
    section: '§5.4',
    text: 'What was committed in a term stands in the logs of the leaders of all later terms.',
    counts: ['election', 'elections'],
  },
  'session-exactly-once': {
    title: 'Exactly once',
    section: '§8, thesis §6.3',
    text: 'A command takes effect at one index only, however often its client asks for it.',
    counts: ['command', 'commands'],
  },
  'state-machine-safety': {
    title: 'State Machine Safety',
    section: '§5.4.3',
    text: 'No two nodes commit or apply different entries at one index, and each entry does the same on all of them.',
    counts: ['applied entry', 'applied entries'],
  },
  'snapshot-equals-log': {
    title: 'Snapshots equal the log',
    section: '§7',
    text: 'A snapshot holds what applying the log up to its end would have brought about, and nothing is forgotten that it does not hold.',
    counts: ['snapshot', 'snapshots'],
  },
  monotonic: {
    title: 'Nothing goes back',
    section: '§5.1, Figure 2',
    text: "A node's term, commitIndex and lastApplied never go back while it lives, and it applies no more than is committed.",
    counts: ['change', 'changes'],
  },
  'configuration-safety': {
    title: 'Quorums overlap',
    section: '§6, thesis §4.1',
    text: 'Who elects a leader or holds what is committed is a quorum, and every two quorums in use have a node in common.',
    counts: ['quorum', 'quorums'],
  },
  'lease-exclusivity': {
    title: 'Leases are exclusive',
    section: 'thesis §6.4.1',
    text: 'While a leader holds a lease, no leader of a later term commits anything, and it answers reads by it no longer than that. This rests on clocks that are no further off than trusted.',
    counts: ['commit or read', 'commits and reads'],
  },
  'on-disk-first': {
    title: 'On disk first',
    section: '§5.1, Figure 2',
    text: 'A vote or an acknowledgement leaves only when what it promises is on the disk, and the disk keeps it.',
    counts: ['promise', 'promises'],
  },
  'no-halt': {
    title: 'No node halts',
    section: '§5',
    text: 'No node meets what its own state rules out.',
    counts: ['start', 'starts'],
  },
} as const satisfies Readonly<Record<string, InvariantDescription>>;

/** An invariant by its name. */
export type InvariantName = keyof typeof invariantBook;

/** All of them, in the order in which they are looked at. */
export const invariantNames: readonly InvariantName[] = Object.keys(invariantBook).filter(
  (name): name is InvariantName => name in invariantBook,
);
