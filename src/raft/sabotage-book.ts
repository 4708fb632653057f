import type { SabotageName } from './sabotage-name.ts';

/** Of what kind a sabotage is, as the screen groups them. */
export type SabotageKind = 'elections' | 'replication' | 'membership' | 'snapshots' | 'reads and leases' | 'clients';

/**
 * What a run must have much of for a sabotage to matter, beyond crashes, cuts, elections and writes. It says in what
 * weather to look, never what to do when.
 */
export type SabotageNeed =
  /** Elections one after the other, and partitions that come and go as fast. */
  | 'elections'
  /** Nodes that restart often. */
  | 'restarts'
  /** Just a majority that runs, once all is well again. */
  | 'bare-majority'
  /** Nodes that restart often, on slow disks. */
  | 'slow-disks'
  /** Messages that come twice. */
  | 'duplicates'
  /** Messages that come late and out of order. */
  | 'delays'
  /** One entry an append, and one append at a time. */
  | 'small-appends'
  /** An even number of nodes. */
  | 'even-nodes'
  /** Members that come and go. */
  | 'membership'
  /** Learners among them. */
  | 'learners'
  /** Changes that go by way of a joint configuration. */
  | 'joint'
  | 'pre-vote'
  | 'transfers'
  | 'snapshots'
  /** Reads by read index. */
  | 'read-index'
  /** Reads on followers. */
  | 'follower-reads'
  /** Leases, and reads by them. */
  | 'leases'
  /** Leases that outlast elections. */
  | 'long-leases'
  /** Clocks that run apart. */
  | 'drift'
  /** Clients that ask again for what was done. */
  | 'retries'
  /** Sessions that are opened. */
  | 'sessions';

/** A rule that is wrong on purpose. */
export interface Sabotage {
  /** What the cluster does wrong, as one sentence. */
  readonly sentence: string;
  /** Where the rule stands that it breaks. */
  readonly section: string;
  readonly kind: SabotageKind;
  /** Which of the twelve traps it is that other implementations fell into; left out: one of our own. */
  readonly trap?: number;
  readonly needs: readonly SabotageNeed[];
  /** Nothing false is ever said: what suffers is progress, once enough nodes are well again. */
  readonly stalls?: true;
}

/** Every sabotage: what is wrong, and what it takes to be seen. */
export const sabotageBook: Readonly<Record<SabotageName, Sabotage>> = {
  'longer-log-wins': {
    sentence: 'Logs are compared by their lengths alone, so a longer log of an older term wins votes.',
    section: '§5.4.1',
    kind: 'elections',
    trap: 1,
    needs: ['elections'],
  },
  'vote-before-disk': {
    sentence: 'A vote leaves before it is on disk, so a node that crashes forgets it and may vote again.',
    section: 'Figure 2',
    kind: 'elections',
    trap: 2,
    needs: ['slow-disks'],
  },
  'vote-cleared-on-step-down': {
    sentence: 'A node that steps down within a term forgets for whom it voted.',
    section: '§5.2',
    kind: 'elections',
    trap: 3,
    needs: ['delays'],
  },
  'removes-what-agrees': {
    sentence: 'A follower replaces all that stands behind the place of a message, even what agrees with it.',
    section: '§5.3',
    kind: 'replication',
    trap: 4,
    needs: ['delays', 'duplicates'],
  },
  'commit-past-message': {
    sentence: 'A follower commits as far as its log and its leader have come, past what the message vouches for.',
    section: '§5.3',
    kind: 'replication',
    trap: 5,
    needs: ['small-appends'],
  },
  'figure-8': {
    sentence: 'A leader commits an entry of an old term as soon as it stands on a majority.',
    section: '§5.4.2',
    kind: 'replication',
    trap: 6,
    needs: ['elections', 'small-appends', 'slow-disks'],
  },
  'change-before-commit': {
    sentence: 'A leader changes the membership before it has committed anything in its term.',
    section: 'thesis §4.1',
    kind: 'membership',
    trap: 7,
    needs: ['membership', 'elections'],
  },
  'two-changes-at-once': {
    sentence: 'A leader begins a change of the membership before the one before it is committed.',
    section: 'thesis §4.1',
    kind: 'membership',
    trap: 7,
    needs: ['membership', 'elections'],
  },
  'read-before-commit': {
    sentence: 'A new leader answers reads before it knows what is committed.',
    section: 'thesis §6.4',
    kind: 'reads and leases',
    trap: 8,
    needs: ['read-index', 'elections'],
  },
  'late-answer-confirms-read': {
    sentence: 'A read is confirmed by answers to what the leader asked before the read came.',
    section: 'thesis §6.4',
    kind: 'reads and leases',
    trap: 8,
    needs: ['read-index', 'delays'],
  },
  'stale-term-unanswered': {
    sentence: 'Messages of an older term are dropped without an answer, so their sender never learns of the new one.',
    section: '§5.1',
    kind: 'elections',
    trap: 9,
    needs: ['pre-vote', 'transfers', 'bare-majority'],
    stalls: true,
  },
  'old-snapshot-wipes-log': {
    sentence: 'A snapshot takes the place of the whole log, be it older than what the log holds.',
    section: 'Figure 13',
    kind: 'snapshots',
    trap: 10,
    needs: ['snapshots', 'delays', 'duplicates'],
  },
  'stale-membership-after-snapshot': {
    sentence: 'A follower that is given a snapshot goes on by the membership that it had.',
    section: '§7',
    kind: 'snapshots',
    trap: 10,
    needs: ['membership', 'snapshots', 'elections'],
  },
  'transfer-outlives-term': {
    sentence: 'A leader that was handing over when its term ended still refuses commands when it leads again.',
    section: 'thesis §3.10',
    kind: 'elections',
    trap: 11,
    needs: ['transfers', 'bare-majority'],
    stalls: true,
  },
  'timeout-now-asks-first': {
    sentence: 'A node that is told to take over asks for pre-votes, which all refuse who have just heard the leader.',
    section: 'thesis §3.10',
    kind: 'elections',
    trap: 11,
    needs: ['pre-vote', 'transfers'],
    stalls: true,
  },
  'lease-ignores-drift': {
    sentence: 'Leases are counted as if all clocks ran alike.',
    section: 'thesis §6.4.1',
    kind: 'reads and leases',
    trap: 12,
    needs: ['long-leases', 'drift'],
  },
  'lease-kept-in-transfer': {
    sentence: 'A leader keeps its lease while it hands its lead over.',
    section: 'thesis §6.4.1',
    kind: 'reads and leases',
    trap: 12,
    needs: ['long-leases', 'transfers'],
  },
  'votes-counted-twice': {
    sentence: 'A vote that arrives twice counts as two.',
    section: '§5.2',
    kind: 'elections',
    needs: ['duplicates'],
  },
  'old-votes-counted': {
    sentence: 'A candidate counts votes that it was given in an earlier term.',
    section: '§5.2',
    kind: 'elections',
    needs: ['elections', 'delays'],
  },
  'half-is-majority': {
    sentence: 'Half of the voters pass for a majority.',
    section: '§5.2',
    kind: 'elections',
    needs: ['even-nodes'],
  },
  'vote-not-on-disk': {
    sentence: 'The term is written to the disk, and the vote is not.',
    section: 'Figure 2',
    kind: 'elections',
    needs: ['restarts', 'elections'],
  },
  'old-leader-obeyed': {
    sentence: 'Messages of older terms are taken for those of the present one.',
    section: '§5.1',
    kind: 'elections',
    needs: ['delays'],
  },
  'no-op-left-out': {
    sentence: 'A new leader appends no empty entry, so what is committed stays unknown until a command comes.',
    section: '§8',
    kind: 'reads and leases',
    needs: ['read-index'],
    stalls: true,
  },
  'previous-term-unchecked': {
    sentence: 'A follower takes entries if its log is long enough, whatever the term of the entry before them.',
    section: '§5.3',
    kind: 'replication',
    needs: [],
  },
  'new-leader-drops-tail': {
    sentence: 'A new leader removes the entries from its log that it does not know to be committed.',
    section: '§5.3',
    kind: 'replication',
    needs: [],
  },
  'acknowledged-before-disk': {
    sentence: 'A follower acknowledges entries before they are on its disk.',
    section: 'Figure 2',
    kind: 'replication',
    needs: ['slow-disks'],
  },
  'undurable-entries-counted': {
    sentence: 'A leader counts itself among those that hold an entry before its own disk does.',
    section: 'thesis §10.2.1',
    kind: 'replication',
    needs: ['slow-disks'],
  },
  'commit-past-log': {
    sentence: 'A follower commits as far as its leader, whether it holds the entries or not.',
    section: '§5.3',
    kind: 'replication',
    needs: ['small-appends'],
  },
  'log-committed-at-start': {
    sentence: 'A node that starts takes its whole log for committed.',
    section: 'Figure 2',
    kind: 'replication',
    needs: ['restarts', 'elections'],
  },
  'one-majority-in-joint': {
    sentence: 'In a joint configuration the majority of the new voters decides alone.',
    section: '§6',
    kind: 'membership',
    needs: ['membership', 'joint'],
  },
  'learner-counted': {
    sentence: 'What a learner votes and acknowledges counts towards the majority of the voters.',
    section: 'thesis §4.2.1',
    kind: 'membership',
    needs: ['membership', 'learners'],
  },
  'born-membership-at-restart': {
    sentence: 'A node that starts from a snapshot goes by the members that it was born with.',
    section: '§7',
    kind: 'membership',
    needs: ['membership', 'snapshots', 'restarts'],
  },
  'compacts-past-applied': {
    sentence: 'The log is compacted as far as a snapshot reaches, past what the store has applied.',
    section: '§7',
    kind: 'snapshots',
    needs: ['snapshots', 'delays'],
  },
  'lease-counts-from-answer': {
    sentence: 'A lease counts from when the answers come, not from when the leader asked.',
    section: 'thesis §6.4.1',
    kind: 'reads and leases',
    needs: ['leases', 'delays'],
  },
  'lease-not-waited-out': {
    sentence: 'A new leader commits while the one before may still hold its lease.',
    section: 'thesis §6.4.1',
    kind: 'reads and leases',
    needs: ['long-leases', 'elections'],
  },
  'promise-forgotten-at-restart': {
    sentence: 'A node that starts takes it that it has promised no lease.',
    section: 'thesis §6.4.1',
    kind: 'reads and leases',
    needs: ['long-leases', 'restarts', 'elections'],
  },
  'read-before-applied': {
    sentence: 'A node answers a read before its store has come as far as the read must see.',
    section: 'thesis §6.4',
    kind: 'reads and leases',
    needs: ['follower-reads', 'delays'],
  },
  'retry-applied-twice': {
    sentence: 'A command that stands in the log twice is carried out twice.',
    section: '§8',
    kind: 'clients',
    needs: ['retries'],
  },
  'sessions-not-in-snapshot': {
    sentence: 'A snapshot leaves out what the store remembers of its clients.',
    section: 'thesis §6.3',
    kind: 'clients',
    needs: ['retries', 'snapshots'],
  },
};
