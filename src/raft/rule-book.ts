/** A rule of the paper, as one short sentence, with where it stands: "In Search of an Understandable Consensus Algorithm". */
export interface Rule {
  readonly section: string;
  readonly text: string;
}

/** Every rule that a decision can rest on. An event names one of them, and the screen shows its text. */
export const ruleBook = {
  'higher-term': { section: '§5.1', text: 'A node that sees a higher term takes it on and becomes a follower.' },
  'stale-term': { section: '§5.1', text: 'A message of an older term is refused.' },
  'election-timeout': {
    section: '§5.2',
    text: 'A follower that hears from no leader for an election timeout starts an election.',
  },
  'vote-free': { section: '§5.2', text: 'A node votes at most once a term, first come, first served.' },
  'vote-taken': { section: '§5.2', text: 'A node votes at most once a term, and it has voted for another.' },
  'vote-repeat': { section: '§5.2', text: 'A node may repeat the vote that it gave in this term.' },
  'log-behind': {
    section: '§5.4.1',
    text: 'A node refuses its vote to a candidate whose log is less up to date than its own.',
  },
  'not-counted': { section: '§5.2', text: 'Only a candidate of that same term counts votes, each voter once.' },
  majority: { section: '§5.2', text: 'A candidate that holds the votes of a majority leads the term.' },
  'vote-tally': { section: '§5.2', text: 'A candidate counts the votes of its term until it holds a majority.' },
  'leader-of-term': { section: '§5.2', text: 'A candidate that hears from the leader of its term follows it.' },
  'leader-no-op': {
    section: '§8',
    text: 'A new leader begins its term with an empty entry, to learn what is committed.',
  },
  'log-matches': {
    section: '§5.3',
    text: 'A follower takes entries if it holds the entry before them, with the same term.',
  },
  'log-too-short': { section: '§5.3', text: 'A follower refuses entries if it lacks the entry before them.' },
  'log-conflict': {
    section: '§5.3',
    text: 'A follower refuses entries if its entry before them has another term.',
  },
  'overwrite-conflict': {
    section: '§5.3',
    text: "Where an entry contradicts the leader's, it and all that follow it are removed.",
  },
  'next-index-back-off': {
    section: '§5.3',
    text: 'After a refusal the leader goes back, a whole term at a time, to where the logs may agree.',
  },
  'match-index': { section: '§5.3', text: 'The leader notes how far each follower is known to agree with it.' },
  'commit-majority': {
    section: '§5.3, §5.4.2',
    text: 'An entry of the current term that stands on a majority is committed, and all before it.',
  },
  'commit-from-leader': {
    section: '§5.3',
    text: 'A follower commits what the leader has committed, as far as this message vouches for its log.',
  },
  'commit-at-start': {
    section: 'Figure 2',
    text: 'A node that starts takes for committed what its snapshot replaces, and no more.',
  },
  pipelining: {
    section: 'thesis §10.2.1',
    text: 'A leader sends what comes next without waiting for the answer to what it sent before.',
  },
  'window-full': {
    section: 'thesis §10.2.1',
    text: 'So much is under way to a follower that what comes next waits for an answer.',
  },
  'probe-silent': {
    section: 'thesis §10.2.1',
    text: 'A follower that leaves what is under way unanswered for an election timeout gets one append at a time.',
  },
  forwarding: {
    section: 'thesis §6.2',
    text: "A node that does not lead hands a client's request on to the leader that it knows, and passes the answer back.",
  },
  'pre-vote': {
    section: 'thesis §9.6',
    text: 'Before a node takes on a new term to stand in, it asks whether a majority would vote for it.',
  },
  'pre-vote-free': {
    section: 'thesis §9.6',
    text: 'A node says yes to a log as up to date as its own, if it has not just heard from a leader; it binds itself to nothing.',
  },
  'pre-vote-tally': {
    section: 'thesis §9.6',
    text: 'A node stands for election once a majority has said that it would vote for it.',
  },
  'leader-heard': {
    section: 'thesis §4.2.3',
    text: 'A node that has heard from a leader within the shortest election timeout elects no other, and takes on no term.',
  },
  'quorum-lost': {
    section: 'thesis §6.2',
    text: 'A leader that has not heard from a majority for an election timeout steps down.',
  },
  transfer: {
    section: 'thesis §3.10',
    text: 'A leader that hands over its lead takes no proposals, brings the other up to date and tells it to stand at once.',
  },
  'transfer-timeout': {
    section: 'thesis §3.10',
    text: 'A leader whose lead is not taken over within an election timeout leads on.',
  },
  'timeout-now': {
    section: 'thesis §3.10',
    text: 'A node whose leader tells it to stand for election does so at once, and all may vote for it.',
  },
  'configuration-on-append': {
    section: 'thesis §4.1',
    text: 'A node goes by the last configuration in its log, whether it is committed or not.',
  },
  'configuration-undone': {
    section: 'thesis §4.1',
    text: 'Where a configuration is removed from the log, the one before it holds again.',
  },
  membership: {
    section: 'thesis §4.1',
    text: 'The leader changes who belongs to the cluster, by an entry in its log.',
  },
  'one-change-at-a-time': {
    section: 'thesis §4.1',
    text: 'A leader begins no change of the membership before the one before it is committed.',
  },
  'commit-before-change': {
    section: 'thesis §4.1',
    text: 'A leader begins no change of the membership before it has committed an entry of its own term.',
  },
  'joint-consensus': {
    section: '§6',
    text: 'While two configurations hold jointly, nothing is agreed without a majority of each.',
  },
  'joint-left': {
    section: '§6',
    text: 'Once the joint configuration is committed the leader ends it, and the new majority alone decides.',
  },
  'learner-caught-up': {
    section: 'thesis §4.2.1',
    text: 'A node without a vote first gets the log, so that its vote does not hold the others up.',
  },
  'removed-leader': {
    section: 'thesis §4.2.2',
    text: 'A leader that is removed leads until that is committed, without counting itself, and then steps down.',
  },
  snapshot: {
    section: '§7',
    text: 'A node replaces what it has applied by a snapshot of its state machine, and forgets the log up to there.',
  },
  'snapshot-needed': {
    section: '§7',
    text: 'A follower that needs entries which the leader has forgotten is given its snapshot.',
  },
  'snapshot-chunk': {
    section: 'Figure 13',
    text: 'A snapshot goes in chunks, in order; each answer says which byte comes next.',
  },
  'snapshot-stale': {
    section: 'Figure 13',
    text: 'A snapshot that reaches no further than what is committed changes nothing.',
  },
  'snapshot-keeps-log': {
    section: 'Figure 13',
    text: 'Where the last entry of a snapshot stands in the log, what follows it stays.',
  },
  'snapshot-replaces-log': {
    section: 'Figure 13',
    text: 'A snapshot whose last entry is not in the log takes the place of the whole log and of the state machine.',
  },
  'configuration-from-snapshot': {
    section: '§7',
    text: 'A snapshot brings the configuration that held at its last entry.',
  },
  'read-own-term': {
    section: 'thesis §6.4',
    text: 'A leader answers no read before it has committed an entry of its own term: until then it does not know what is committed.',
  },
  'read-index': {
    section: 'thesis §6.4',
    text: 'A leader notes its commit index and asks all whether it still leads; reads that wait share one round.',
  },
  'read-confirmed': {
    section: 'thesis §6.4',
    text: 'Once a majority has answered a round that began after the read came, the read is answered as of the noted index.',
  },
  'read-forwarded': {
    section: 'thesis §6.4',
    text: 'A follower asks its leader for the read index, waits until it has applied so far, and answers by itself.',
  },
  'read-leader': { section: 'thesis §6.4', text: 'Only a leader can tell how far a read must see.' },
  'read-ends': { section: 'thesis §6.4', text: 'Reads that wait end with the lead that was to confirm them.' },
  'read-bound': { section: 'thesis §6.4', text: 'No more reads wait at once than a fixed number.' },
  lease: {
    section: 'thesis §6.4.1',
    text: 'A round that a majority has answered is a lease: from its sending on, less the drift of clocks, the leader answers reads by itself.',
  },
  'lease-promised': {
    section: 'thesis §6.4.1',
    text: 'A follower remembers until when the leader that it hears may hold a lease, and the drift of clocks more.',
  },
  'lease-restart': {
    section: 'thesis §6.4.1',
    text: 'A node that starts again has forgotten what it promised, and assumes the longest.',
  },
  'lease-wait': {
    section: 'thesis §6.4.1',
    text: 'A new leader commits nothing until the lease of the one before has run out, as its voters know it.',
  },
  'lease-lost': { section: 'thesis §6.4.1', text: 'A leader that cannot renew its lease steps down.' },
  'lease-transfer': {
    section: 'thesis §3.10, §6.4.1',
    text: 'A leader gives up its lease before it tells another to stand, for the rest of its term.',
  },
  'not-understood': { section: 'Figure 2', text: 'A message that no correct member could have sent is ignored.' },
  'late-reply': { section: '§5.3', text: 'A late or repeated answer changes nothing.' },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof ruleBook;
