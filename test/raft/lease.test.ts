import { describe, expect, test } from 'vitest';
import type { RaftConfig } from '../../src/raft/config.ts';
import type { Rules } from '../../src/raft/rules.ts';
import { OneNode, appendEntries, configurationEntry, echo, requestVote, success } from './one-node.ts';

/** A real second, on clocks that may be off by a tenth: 0.9 s for who holds it, 1.1 s for who has promised it. */
const lease = { durationUs: 1_000_000, driftPpm: 100_000 };
const HELD_US = 900_000;
const PROMISED_US = 1_100_000;

interface Options {
  readonly rules?: Partial<Rules>;
  readonly config?: Partial<RaftConfig>;
}

/** A leader of term 1 of three, whose no-op is committed, and which began its first round at `startUs`. */
function leader({ rules, config }: Options = {}): { readonly one: OneNode; readonly startUs: number } {
  const one = new OneNode({ config: { lease, ...config }, ...(rules && { rules }) }).lead();
  const startUs = one.nowUs;
  one.nowUs += 20_000;
  return { one: one.flush().receive('n2', echo(1, 1, 1)), startUs };
}

const heartbeat = (term = 1) => ({ ...appendEntries(term, [0, 0]), round: 1, leaseUs: lease.durationUs });
const follower = (options: Options = {}): OneNode =>
  new OneNode({ config: { lease, ...options.config }, ...(options.rules && { rules: options.rules }) });
const vote = (leaseRemainingUs: number, term = 1) =>
  ({ type: 'request-vote-reply', term, granted: true, leaseRemainingUs }) as const;

/** A candidate of term 1 that gets n2's vote, with what n2 knows of a lease. */
function elected(remainingUs: number, options: Options = {}): OneNode {
  return follower(options).timeOut().flush().receive('n2', vote(remainingUs));
}

describe('thesis 6.4.1: a leader with leases', () => {
  test('tells its followers how long its lease is, and numbers its rounds, with every append', () => {
    const { one } = leader();
    expect(one.timeOut().sent['n3']).toMatchObject({ round: 2, leaseUs: 1_000_000 });
    expect(one.propose(1).sent['n3']).toMatchObject({ round: 2, leaseUs: 1_000_000 });
  });

  test('holds one from when the round was sent, and not from when a majority had echoed it, less what its clock may drift', () => {
    const { one, startUs } = leader();
    expect(one.node.lease.heldUntilUs).toBe(startUs + HELD_US);
    expect(one.event('lease-extended')).toMatchObject({ untilUs: startUs + HELD_US, round: 1, rule: 'lease' });
  });

  test('answers reads at once while it holds one, and asks nobody', () => {
    const { one } = leader();
    expect(one.read('lease', 7).only('read-ready')).toEqual({ type: 'read-ready', readId: 7, index: 1, via: 'lease' });
    expect(one.all('send')).toEqual([]);
    expect(one.event('reads-ready').rule).toBe('lease');
  });

  test('asks a majority where the lease has run out', () => {
    const { one, startUs } = leader({ rules: { mayLeadUnrenewed: () => true } });
    one.nowUs = startUs + HELD_US - 1;
    expect(one.read('lease', 1).only('read-ready').via).toBe('lease');
    one.nowUs = startUs + HELD_US;
    expect(one.read('lease', 2).all('read-ready')).toEqual([]);
    one.receive('n3', echo(1, 1, one.rounds['n3'] ?? 0));
    expect(one.only('read-ready')).toMatchObject({ readId: 2, via: 'read-index' });
  });

  test('asks a majority where there are no leases', () => {
    const one = new OneNode().lead().flush().receive('n2', success(1, 1)).read('lease', 7);
    expect(one.receive('n2', echo(1, 1, 1)).only('read-ready')).toMatchObject({ readId: 7, via: 'read-index' });
  });

  test('answers none by it before it has committed an entry of its own term', () => {
    const one = follower().lead();
    one.receive('n2', { ...echo(1, 0, 1), success: false, conflictIndex: 1, prevLogIndex: 1 });
    expect(one.node.lease.heldUntilUs).toBeGreaterThan(one.nowUs);
    expect(one.read('lease', 7).all('read-ready')).toEqual([]);
    expect(one.event('read-taken').rule).toBe('read-own-term');
  });

  test('never shortens it: what is echoed late counts for less', () => {
    const { one } = leader();
    one.timeOut();
    const sentUs = one.nowUs;
    one.receive('n3', echo(1, 1, 2));
    expect(one.node.lease.heldUntilUs).toBe(sentUs + HELD_US);
    one.receive('n2', echo(1, 1, 1)).receive('n3', echo(1, 1, 1));
    expect(one.node.lease.heldUntilUs).toBe(sentUs + HELD_US);
  });

  test('steps down when it cannot renew it', () => {
    const { one, startUs } = leader();
    while (one.node.role === 'leader') one.timeOut();
    expect(one.nowUs).toBeGreaterThanOrEqual(startUs + HELD_US);
    expect(one.nowUs).toBeLessThan(startUs + HELD_US + 50_000);
    expect(one.event('became-follower')).toMatchObject({ leader: undefined, rule: 'lease-lost' });
    expect(one.node.lease.heldUntilUs).toBe(0);
  });

  test('leads on while a majority answers', () => {
    const { one } = leader();
    for (let beat = 2; beat < 60; beat++) one.timeOut().receive('n3', echo(1, 1, beat));
    expect(one.node.role).toBe('leader');
    expect(one.read('lease', 7).only('read-ready').via).toBe('lease');
  });

  test('in a joint configuration holds one only with both majorities (§6)', () => {
    const members = ['n1', 'n2', 'n3', 'n4', 'n5'];
    const joint = configurationEntry(1, 1, { voters: ['n1', 'n2', 'n3'], outgoing: ['n1', 'n4', 'n5'] });
    const one = new OneNode({ members, term: 1, log: [joint], config: { lease } }).timeOut().flush();
    one.receive('n2', vote(0, 2)).receive('n4', vote(0, 2));
    expect(one.node.role).toBe('leader');
    expect(one.flush().receive('n2', echo(2, 2, 1)).node.lease.heldUntilUs).toBe(0);
    expect(one.receive('n4', echo(2, 2, 1)).node.lease.heldUntilUs).toBeGreaterThan(one.nowUs);
  });

  test('that is alone holds one from its first turn on', () => {
    const one = new OneNode({ members: ['n1'], config: { lease } }).lead().flush();
    expect(one.read('lease', 7).only('read-ready').via).toBe('lease');
  });
});

describe('thesis 6.4.1: a follower', () => {
  test('remembers until when its leader may hold a lease, and what clocks may drift more', () => {
    const one = follower().receive('n2', heartbeat());
    expect(one.event('lease-promised')).toMatchObject({ leader: 'n2', untilUs: PROMISED_US, rule: 'lease-promised' });
    expect(one.node.lease.promisedUntilUs).toBe(PROMISED_US);
  });

  test('does so even where it refuses the entries, for the leader counts that answer too', () => {
    const one = follower().receive('n2', { ...appendEntries(1, [5, 1]), round: 1, leaseUs: lease.durationUs });
    expect(one.sent['n2']).toMatchObject({ success: false, round: 1 });
    expect(one.node.lease.promisedUntilUs).toBe(PROMISED_US);
  });

  test('tells whom it votes for what remains of it', () => {
    const one = follower().receive('n2', heartbeat());
    one.nowUs = 300_000;
    expect(one.receive('n3', requestVote(2, 0, 0)).sent['n3']).toMatchObject({
      granted: true,
      leaseRemainingUs: PROMISED_US - 300_000,
    });
  });

  test('does not forget an old promise for a shorter one of the next leader', () => {
    const one = follower().receive('n2', heartbeat());
    one.nowUs = 10_000;
    one.receive('n3', { ...heartbeat(2), leaseUs: 1_000 });
    expect(one.node.lease.promisedUntilUs).toBe(PROMISED_US);
  });

  test('that has promised nothing says so, and where there are no leases nothing at all', () => {
    expect(follower().receive('n3', requestVote(2, 0, 0)).sent['n3']).toMatchObject({ leaseRemainingUs: 0 });
    expect(new OneNode().receive('n3', requestVote(2, 0, 0)).sent['n3']).not.toHaveProperty('leaseRemainingUs');
  });

  test('that starts again has forgotten what it promised, and assumes the longest', () => {
    const one = new OneNode({ term: 1, config: { lease } });
    expect(one.event('lease-promised')).toMatchObject({
      leader: undefined,
      untilUs: PROMISED_US,
      rule: 'lease-restart',
    });
    one.nowUs = 100_000;
    expect(one.receive('n3', requestVote(2, 0, 0)).sent['n3']).toMatchObject({ leaseRemainingUs: 1_000_000 });
    expect(follower().has('lease-promised')).toBe(false);
  });
});

describe('thesis 6.4.1: a new leader', () => {
  test('waits until the lease has run out of which its voters know, before it commits anything', () => {
    const one = elected(400_000);
    const untilUs = one.nowUs + 400_000;
    expect(one.event('lease-wait-started')).toMatchObject({ untilUs, rule: 'lease-wait' });
    one.flush().receive('n2', echo(1, 1, 1));
    expect(one.node.commitIndex).toBe(0);
    for (let round = 2; one.nowUs < untilUs; round++) {
      expect(one.node.commitIndex).toBe(0);
      one.timeOut().receive('n2', echo(1, 1, round));
    }
    expect(one.nowUs).toBe(untilUs);
    expect(one.node.commitIndex).toBe(1);
  });

  test('is woken at the very moment, and says that the wait is over', () => {
    const one = elected(70_000)
      .flush()
      .receive('n2', echo(1, 1, 1));
    const untilUs = one.node.lease.waitUntilUs;
    one.timeOut();
    expect(one.node.deadlineUs).toBe(untilUs);
    expect(one.timeOut().has('lease-waited-out')).toBe(true);
    expect(one.event('commit-advanced').commitIndex).toBe(1);
  });

  test('answers no read by a lease of its own meanwhile', () => {
    const one = elected(400_000)
      .flush()
      .receive('n2', echo(1, 1, 1));
    expect(one.node.lease.heldUntilUs).toBeGreaterThan(one.nowUs);
    expect(one.read('lease', 7).all('read-ready')).toEqual([]);
  });

  test('waits for the longest that it is told, and for what it knows itself', () => {
    const own = follower().receive('n2', heartbeat());
    own.nowUs = 200_000;
    own.turn({ type: 'time-out-now' }).flush().receive('n3', vote(100_000, 2));
    expect(own.node.lease.waitUntilUs).toBe(PROMISED_US);
    const told = follower().receive('n2', heartbeat());
    told.nowUs = 200_000;
    told.turn({ type: 'time-out-now' }).flush().receive('n3', vote(1_000_000, 2));
    expect(told.node.lease.waitUntilUs).toBe(1_200_000);
  });

  test('commits at once where nobody knows of a lease', () => {
    const one = elected(0)
      .flush()
      .receive('n2', echo(1, 1, 1));
    expect(one.node.commitIndex).toBe(1);
    expect(one.node.lease.waitUntilUs).toBe(0);
  });
});

describe('thesis 3.10, 6.4.1: a leader that hands its lead over', () => {
  const transfer = { type: 'transfer-leadership', to: 'n2' } as const;

  test('gives its lease up before it tells the other to stand', () => {
    const { one } = leader();
    const types = one
      .turn(transfer)
      .effects.map((effect) =>
        effect.type === 'event' ? effect.event.type : effect.type === 'send' ? effect.message.type : effect.type,
      );
    expect(types).toEqual(['transfer-started', 'lease-given-up', 'timeout-now']);
    expect(one.node.lease.heldUntilUs).toBe(0);
    expect(one.read('lease', 7).all('read-ready')).toEqual([]);
  });

  test('keeps it while the other is still being brought up to date', () => {
    const { one } = leader();
    one.propose(1).flush().turn(transfer);
    expect(one.has('lease-given-up')).toBe(false);
    expect(one.receive('n2', echo(1, 2, 1)).has('lease-given-up')).toBe(true);
  });

  test('does not take one up again in that term, though the transfer comes to nothing: the word may arrive late', () => {
    const { one } = leader();
    one.turn(transfer);
    for (let beat = 2; beat < 20; beat++) one.timeOut().receive('n2', echo(1, 1, beat));
    expect([one.node.transfer, one.node.role]).toEqual([undefined, 'leader']);
    expect(one.node.lease.heldUntilUs).toBe(0);
    one.read('lease', 7);
    expect(one.receive('n2', echo(1, 1, 20)).only('read-ready').via).toBe('read-index');
  });

  test('tells nobody to stand while it waits out the lease of the leader before, for nobody would wait for that', () => {
    const one = elected(400_000)
      .flush()
      .receive('n2', echo(1, 1, 1))
      .turn(transfer);
    const summons = (): number => one.all('send').filter(({ message }) => message.type === 'timeout-now').length;
    expect(summons()).toBe(0);
  });

  test('is followed by one that waits for nothing, as its voters tell it', () => {
    const told = follower().receive('n2', heartbeat()).receive('n2', { type: 'timeout-now', term: 1 }).flush();
    expect(told.node.lease.waitUntilUs).toBe(0);
    const voter = follower().receive('n2', heartbeat());
    const request = { ...requestVote(2, 0, 0), transfer: true } as const;
    expect(voter.receive('n3', request).sent['n3']).toMatchObject({ granted: true, leaseRemainingUs: 0 });
  });
});
