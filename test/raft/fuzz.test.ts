import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import { configurationOf } from '../../src/raft/configuration.ts';
import type { Entry } from '../../src/raft/entry.ts';
import type { Input } from '../../src/raft/input.ts';
import type { Message } from '../../src/raft/message.ts';
import { below, between, chance, createRandom } from '../../src/raft/random.ts';
import type { Random } from '../../src/raft/random.ts';
import type { ReadMode } from '../../src/raft/read.ts';
import { MAX_PENDING_READS } from '../../src/raft/read-state.ts';
import { nonsense } from './nonsense.ts';
import { entry, OneNode, refusal } from './one-node.ts';
import { randomChange } from './random-change.ts';

/** How many messages; FUZZ_MESSAGES=1000000 in the environment makes it the whole million. */
const MESSAGES = Number(process.env['FUZZ_MESSAGES'] ?? 80_000);
/** The most values that a node's saved state may hold beside its log, its snapshot and its reads. */
const MAX_HELD_VALUES = 3_000;
/** The widest window that a node is given. */
const WINDOW = 3;
const peers = ['n2', 'n3', 'n4', 'n5'];

/** Mostly a small whole number near `around`; now and then something that is none. */
function someNumber(random: Random, around: number): number {
  if (chance(random, 0.02)) return [Number.NaN, -1, 0.5, Infinity, 2 ** 53][below(random, 5)] ?? 0;
  return Math.max(0, around + between(random, -3, 4));
}

function someEntries(random: Random, prevIndex: number, prevTerm: number, term: number): readonly Entry[] {
  let entryTerm = Math.max(1, prevTerm);
  return Array.from({ length: below(random, 5) }, (_, position): Entry => {
    if (chance(random, 0.2) && entryTerm < term) entryTerm = between(random, entryTerm, term + 1);
    const index = chance(random, 0.01) ? someNumber(random, prevIndex) : prevIndex + 1 + position;
    return chance(random, 0.1)
      ? { type: 'no-op', index, term: entryTerm }
      : { type: 'command', index, term: entryTerm, command: below(random, 1_000) };
  });
}

/** Now and then it goes on with what has come so far. */
function someChunk(random: Random, { node }: OneNode, term: number): Message {
  const { receiving } = node;
  const goesOn = receiving !== undefined && chance(random, 0.7);
  const lastIndex = goesOn ? receiving.index : someNumber(random, node.commitIndex + 2);
  const lastTerm = goesOn ? receiving.term : (node.log.termAt(lastIndex) ?? Math.max(1, term - below(random, 2)));
  const totalBytes = goesOn ? receiving.totalBytes : between(random, 1, 12);
  const offset = goesOn && chance(random, 0.9) ? receiving.heldBytes : someNumber(random, 0);
  const length = Math.max(0, Math.min(between(random, 1, 8), totalBytes - offset)) || 0;
  const done = chance(random, 0.02) !== (offset + length === totalBytes);
  const configuration = configurationOf(chance(random, 0.9) ? ['n1', ...peers] : ['n1', 'n2']);
  const data = new Uint8Array(length);
  return { type: 'install-snapshot', term, lastIndex, lastTerm, configuration, totalBytes, offset, data, done };
}

/** A message that a peer of this node might send, or might not. It lands near the node's term and log more often than not. */
function someMessage(random: Random, one: OneNode): Message {
  const { node } = one;
  const term = chance(random, 0.93) ? node.term : someNumber(random, node.term);
  const index = chance(random, 0.3) ? node.lastIndex : someNumber(random, node.lastIndex);
  const indexTerm = chance(random, 0.8) ? (node.log.termAt(index) ?? term) : someNumber(random, node.log.lastTerm);
  // A leader is not often told that another leads its term: it would not live to see much else.
  const leadersTerm = node.role === 'leader' && chance(random, 0.97) ? Math.max(0, term - 1) : term;
  switch (below(random, 11)) {
    case 9:
      return { type: 'read-index', term, token: someNumber(random, 5) };
    case 10: {
      // Often what it asked last, for otherwise hardly any answer would fit.
      const token = chance(random, 0.8) ? (node.save().reads.asked?.token ?? 1) : someNumber(random, 5);
      return { type: 'read-index-reply', term, token, index: chance(random, 0.3) ? undefined : index };
    }
    case 7:
      return someChunk(random, one, leadersTerm);
    case 8: {
      const sending = peers.map((peer) => node.progress(peer)?.sending).find((under) => under !== undefined);
      const lastIndex = sending?.snapshot.index ?? someNumber(random, node.snapshot?.index ?? index);
      const offset = chance(random, 0.7) ? (sending?.heldBytes ?? 0) : someNumber(random, 4);
      const matchIndex = chance(random, 0.2) ? lastIndex : 0;
      const lastTerm = chance(random, 0.8) ? (node.log.termAt(lastIndex) ?? indexTerm) : indexTerm;
      const nextOffset = someNumber(random, offset + 4);
      return { type: 'install-snapshot-reply', term, lastIndex, lastTerm, offset, nextOffset, matchIndex };
    }
    case 4:
      return { type: 'pre-vote', term: term + 1, lastLogIndex: index, lastLogTerm: indexTerm };
    case 5:
      return { type: 'pre-vote-reply', term, forTerm: someNumber(random, term + 1), granted: chance(random, 0.6) };
    case 6:
      return { type: 'timeout-now', term: chance(random, 0.7) ? Math.max(0, node.term - 1) : term };
    case 0:
      return {
        type: 'request-vote',
        term,
        lastLogIndex: index,
        lastLogTerm: indexTerm,
        ...(chance(random, 0.3) && { transfer: true }),
      };
    case 1:
      return {
        type: 'request-vote-reply',
        term,
        granted: chance(random, 0.6),
        ...(chance(random, 0.3) && { leaseRemainingUs: someNumber(random, 50_000) }),
      };
    case 2:
      return {
        type: 'append-entries',
        term: leadersTerm,
        prevLogIndex: index,
        prevLogTerm: indexTerm,
        entries: someEntries(random, index, indexTerm, term),
        leaderCommit: someNumber(random, node.commitIndex),
        ...(chance(random, 0.3) && { round: someNumber(random, 5), leaseUs: someNumber(random, 100_000) }),
      };
    default:
      return {
        type: 'append-entries-reply',
        term,
        success: chance(random, 0.5),
        matchIndex: someNumber(random, index),
        prevLogIndex: index,
        conflictIndex: chance(random, 0.2) ? node.log.base.index : someNumber(random, index),
        conflictTerm: chance(random, 0.5) ? undefined : indexTerm,
        ...(chance(random, 0.8) && { round: someNumber(random, 3) }),
      };
  }
}

const readModes: readonly ReadMode[] = ['read-index', 'lease', 'follower'];

/** Mostly each term has one leader, as it should; now and then anybody claims to lead. */
function someSender(random: Random, message: Message): string {
  const isLeaders = message.type === 'append-entries' || message.type === 'install-snapshot';
  const ofTerm = isLeaders && chance(random, 0.98) ? message.term % peers.length : undefined;
  return peers[ofTerm ?? below(random, peers.length)] ?? 'n2';
}

const strangers: readonly unknown[] = ['n9', 'n1', '', '__proto__', undefined, 3];

function someInput(random: Random, one: OneNode): Input {
  const draw = below(random, 100);
  if (draw < 4) return { type: 'timer' };
  if (draw < 5) return { type: 'time-out-now' };
  if (draw < 7) return { type: 'transfer-leadership', to: ['n1', ...peers, 'n9'][below(random, 6)] ?? 'n2' };
  if (draw < 12) return { type: 'propose', proposalId: draw, command: draw };
  if (draw < 14) {
    return {
      type: 'snapshot-taken',
      index: someNumber(random, one.node.lastApplied),
      data: new Uint8Array(below(random, 20)),
    };
  }
  if (draw < 22) return { type: 'persisted', sequence: one.lastSequence };
  if (draw < 24) return { type: 'read', readId: draw, mode: readModes[below(random, 3)] ?? 'lease' };
  if (draw < 26) return { type: 'change-membership', change: randomChange(random, ['n1', ...peers, 'n9']) };
  const message = someMessage(random, one);
  const from = someSender(random, message);
  if (chance(random, 0.02)) {
    return { type: 'message', from: strangers[below(random, strangers.length)] as string, message };
  }
  return { type: 'message', from, message: chance(random, 0.1) ? nonsense(random, message) : message };
}

interface Before {
  readonly term: number;
  readonly votedFor: string | undefined;
  readonly commitIndex: number;
}

/** Which of the things that must hold of a node at all times does not, however its peers behave. */
function brokenInvariant({ node, config }: OneNode, before: Before): string | undefined {
  const { maxInflightMessages: window = 0 } = config;
  const { term, votedFor, commitIndex, lastIndex, log, role } = node;
  if (term < before.term) return 'the term fell';
  if (term === before.term && before.votedFor !== undefined && votedFor !== before.votedFor) return 'the vote changed';
  if (commitIndex < before.commitIndex) return 'the commit index fell';
  if (commitIndex > lastIndex) return 'it committed past its log';
  if (node.durableIndex > lastIndex) return 'more is durable than there is';
  if (log.lastTerm > term) return 'its log is ahead of its term';
  if ((node.leader === 'n1') !== (role === 'leader')) return 'it leads and does not know, or the reverse';
  if (node.halted === undefined && node.lastApplied !== commitIndex) return 'it has not applied what is committed';
  if (node.votes.has('n1') !== (role !== 'follower')) return 'its votes do not fit its role';
  if ((role === 'candidate' || role === 'leader') && votedFor !== 'n1') return 'it stands and has not voted for itself';
  if (role !== 'leader' && node.lease.heldUntilUs !== 0) return 'it holds a lease and does not lead';
  if (node.waitingReads > MAX_PENDING_READS) return 'too many reads wait';
  if (role !== 'leader' && node.transfer !== undefined) return 'it hands over what it does not have';
  if (log.base.index > (node.snapshot?.index ?? 0)) return 'its log begins behind what no snapshot holds';
  if ((node.snapshot?.index ?? 0) > commitIndex) return 'its snapshot holds what is not committed';
  if ((node.receiving?.buffer.length ?? 0) > 24) return 'it holds more of a snapshot than has come';
  for (let index = log.base.index + 1; index <= lastIndex; index++) {
    if (log.entryAt(index)?.index !== index) return `entry ${index} is not in its place`;
    if ((log.termAt(index) ?? 0) < (log.termAt(index - 1) ?? 0)) return `the term falls at ${index}`;
  }
  const wrong = peers.find((peer) => {
    const { nextIndex = 1, matchIndex = 0, inFlight } = node.progress(peer) ?? {};
    if (inFlight !== undefined && (inFlight.messages > window || inFlight.bytes < 0)) return true;
    return matchIndex >= nextIndex || nextIndex > lastIndex + 1;
  });
  return wrong === undefined ? undefined : `what it knows of ${wrong} cannot be`;
}

/** How many values a node keeps beside its log: what must not grow with the messages that it gets. */
function heldValues({ node }: OneNode): number {
  const { entries: _entries, snapshot: _snapshot, reads: _reads, ...state } = node.save();
  const count = (value: unknown): number => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 1;
    return Object.values(value).reduce((sum: number, part: unknown) => sum + count(part), 1);
  };
  return count(state);
}

function isGivingSnapshot({ node }: OneNode): boolean {
  return peers.some((peer) => node.progress(peer)?.sending !== undefined);
}

/** Half of them begin with a compacted log, so that who leads it has what it cannot send. */
function born(seed: number, config: Partial<RaftConfig>): OneNode {
  const members = ['n1', ...peers];
  if ((seed & 8) === 0) return new OneNode({ members, seed, config });
  const base = { index: 2, term: 1 };
  const snapshot = { ...base, configuration: configurationOf(members), data: new Uint8Array(10) };
  return new OneNode({ members, seed, config, term: 1, log: [entry(3, 1)], persisted: { base, snapshot } });
}

const title =
  `${MESSAGES} random messages, well-formed or not, from random peers at random terms ` +
  'never throw, never break an invariant and leave nothing behind that grows';

test(title, { timeout: 10_000 + MESSAGES }, () => {
  const seed = 20_140_619;
  const random = createRandom(seed, 'fuzz');
  const seen = {
    lives: 0,
    leader: 0,
    committed: 0,
    halted: 0,
    truncated: 0,
    ignored: 0,
    ready: 0,
    refused: 0,
    leases: 0,
    compacted: 0,
    installed: 0,
    sending: 0,
    full: 0,
    nonsense: 0,
  };
  const switched = (lives: number): Partial<RaftConfig> => ({
    preVote: (lives & 1) === 1,
    checkQuorum: (lives & 2) === 2,
    leaderStickiness: (lives & 4) === 4,
    ...((lives & 8) === 0 && { lease: { durationUs: 1_000_000, driftPpm: 10_000 } }),
    snapshotChunkBytes: 4,
    keepEntries: lives % 3,
    maxInflightMessages: 1 + (lives % WINDOW),
    ...(lives % 2 === 0 && { sizeOf: () => 10, maxInflightBytes: 30, maxBytesPerAppend: 60, maxUncommittedBytes: 200 }),
    ...(lives % 5 === 0 && { probeSilent: true, eagerCommit: true }),
  });
  let one = born(0, switched(0));
  let turns = 0;
  for (let message = 0; message < MESSAGES; turns++) {
    const { term, votedFor, commitIndex } = one.node;
    one.nowUs += below(random, 20_000);
    const inputs: Input[] = [];
    for (let left = between(random, 1, 4); left > 0; left--) inputs.push(someInput(random, one));
    message += inputs.filter(({ type }) => type === 'message').length;
    one.turn(...inputs);
    if (turns % 50 === 0) expect(heldValues(one)).toBeLessThan(MAX_HELD_VALUES);
    const broken = brokenInvariant(one, { term, votedFor, commitIndex });
    if (broken !== undefined) {
      throw new Error(`Seed ${seed}, turn ${turns}: ${broken}. ${inspect(inputs, { depth: 9 })}`);
    }
    if (one.node.role === 'leader') seen.leader++;
    if (one.has('commit-advanced')) seen.committed++;
    if (one.events.some((event) => 'rule' in event && event.rule === 'window-full')) seen.full++;
    if (one.events.some((event) => 'rule' in event && event.rule === 'not-understood')) seen.nonsense++;
    if (one.has('entries-truncated')) seen.truncated++;
    if (one.has('message-ignored')) seen.ignored++;
    if (one.has('log-compacted')) seen.compacted++;
    if (one.has('snapshot-installed')) seen.installed++;
    if (isGivingSnapshot(one)) seen.sending++;
    if (one.all('read-ready').length > 0) seen.ready++;
    if (one.all('read-refused').length > 0) seen.refused++;
    if (one.has('lease-extended')) seen.leases++;
    if (one.node.halted !== undefined) seen.halted++;
    // What random peers claim does not add up for long; and a log that grew long is one case, not many.
    if (one.node.halted !== undefined || one.node.lastIndex > 100) {
      seen.lives++;
      one = born(seen.lives, switched(seen.lives));
      if (chance(random, 0.5)) one.lead().receive('n2', refusal(one.node.term, one.node.lastIndex, 1));
    }
  }
  const { leases, ready, ...often } = seen;
  expect(Math.min(...Object.values(often)), JSON.stringify(seen)).toBeGreaterThan(100);
  expect(Math.min(leases, ready), JSON.stringify(seen)).toBeGreaterThan(5);
});
