import { describe, expect, test } from 'vitest';
import { handedOn } from '../../src/host/forwarding.ts';
import { ReadDesk } from '../../src/host/read-desk.ts';
import { Clerk, type ClerkEffect } from '../../src/kv/clerk.ts';
import type { ClientReply } from '../../src/kv/client-message.ts';
import type { LogCommand, OperationResult } from '../../src/kv/command.ts';
import { KvStateMachine } from '../../src/kv/state-machine.ts';
import { paperRules } from '../../src/raft/rules.ts';
import { OneNode, appendEntries, echo, refusal, requestVote, success } from '../raft/one-node.ts';

const clerkConfig = {
  client: 'c1',
  nodes: ['n1', 'n2', 'n3'],
  attemptTimeoutUs: 400,
  deadlineUs: 4_000,
  retryDelayUs: 60,
};
const set = { type: 'set', key: 'x', value: '1' } as const;
/** Whom it asks, in order. */
const asked = (effects: readonly ClerkEffect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.type === 'send' ? [effect.to] : []));
const reply = (outcome: ClientReply['outcome']): ClientReply => ({ type: 'client-reply', requestId: 'r1', outcome });

describe('thesis 6.1: finding the cluster', () => {
  test('a client knows all servers, and tries the next where one does not know the leader', () => {
    const clerk = new Clerk(clerkConfig);
    const tried = [...asked(clerk.submit(0, 'r1', set))];
    for (let attempt = 0; attempt < 3; attempt++) {
      clerk.handleReply(clerk.nextDeadlineUs - 1, tried.at(-1) ?? '', reply({ type: 'not-leader', leader: undefined }));
      tried.push(...asked(clerk.handleTimer(clerk.nextDeadlineUs)));
    }
    expect(tried).toEqual(['n1', 'n2', 'n3', 'n1']);
  });
});

describe('thesis 6.2: routing requests to the leader', () => {
  test('a server that is not the leader rejects the request, and returns the leader’s address if it knows it', () => {
    const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0])).propose(1);
    expect(one.only('proposal-refused')).toMatchObject({ reason: 'not-leader', leader: 'n2' });
    const clerk = new Clerk(clerkConfig);
    clerk.submit(0, 'r1', set);
    expect(asked(clerk.handleReply(1, 'n1', reply({ type: 'not-leader', leader: 'n3' })))).toEqual(['n3']);
  });

  test('or it proxies the request to the leader, once', () => {
    const command = { client: 'c1', sequence: 1, firstUnanswered: 1, operation: set };
    const request = { type: 'client-request', requestId: 'r1', command } as const;
    expect(handedOn(request, 'c1', 'n2')).toEqual({ ...request, forwardedFor: 'c1' });
    expect(handedOn({ ...request, forwardedFor: 'c1' }, 'n3', 'n2')).toBeUndefined();
  });

  test('a leader steps down if an election timeout elapses without a round of heartbeats to a majority', () => {
    const one = new OneNode({ config: { checkQuorum: true } }).lead().flush();
    const fromUs = one.nowUs;
    for (let beat = 0; beat < 20 && one.node.role === 'leader'; beat++) one.timeOut();
    expect(one.nowUs - fromUs).toBe(one.config.electionTimeoutMaxUs);
  });

  test('a client that gets no answer tries another server', () => {
    const clerk = new Clerk(clerkConfig);
    clerk.submit(0, 'r1', set);
    expect(asked(clerk.handleTimer(400))).toEqual(['n2']);
  });
});

/** A store and its log. */
class Store {
  readonly machine: KvStateMachine;
  private index = 0;

  constructor(sessionExpiryUs?: number) {
    this.machine = new KvStateMachine(sessionExpiryUs === undefined ? {} : { sessionExpiryUs });
  }

  put(command: LogCommand): OperationResult | undefined {
    this.index += 1;
    return this.machine.apply({ type: 'command', index: this.index, term: 1, command }).result;
  }
}

const append = { type: 'append', key: 'x', value: '.' } as const;

describe('thesis 6.3: implementing linearizable semantics', () => {
  test('a client assigns serial numbers, and a retry has the same one', () => {
    const clerk = new Clerk(clerkConfig);
    const numbers = (effects: readonly ClerkEffect[]): readonly unknown[] =>
      effects
        .flatMap((effect) => (effect.type === 'send' ? [effect.message] : []))
        .map((message) => ('command' in message ? message.command : undefined));
    const first = numbers(clerk.submit(0, 'r1', set));
    expect(numbers(clerk.handleTimer(400))).toEqual(first);
  });

  test('the state machine answers a serial number that has been executed at once, and does not execute it again', () => {
    const store = new Store();
    const command = { client: 'c1', sequence: 1, firstUnanswered: 1, operation: append };
    const first = store.put(command);
    store.put({ client: 'c2', sequence: 1, firstUnanswered: 1, operation: append });
    expect(store.put(command)).toEqual(first);
    expect(store.machine.get('x')).toBe('..');
  });

  test('a client tells the lowest number for which it has no response, and the others are discarded', () => {
    const store = new Store();
    for (let sequence = 1; sequence <= 5; sequence++) {
      store.put({ client: 'c1', sequence, firstUnanswered: sequence, operation: append });
    }
    expect(store.machine.sessionInfo.results).toBe(1);
  });

  test('a session is opened by RegisterClient; its name is the index of that entry', () => {
    const store = new Store(1_000);
    expect(store.put({ client: 'c1', sequence: 1, firstUnanswered: 1, operation: append, atUs: 1 })?.type).toBe(
      'expired',
    );
    store.put({ type: 'open-session', client: 'c1', atUs: 2 });
    expect(
      store.put({ client: 'c1', session: 2, sequence: 1, firstUnanswered: 1, operation: append, atUs: 3 })?.type,
    ).toBe('ok');
  });

  test('sessions expire by the times that the leader writes into the log, so that all servers agree', () => {
    const stores = [new Store(1_000), new Store(1_000)];
    const log: readonly LogCommand[] = [
      { type: 'open-session', client: 'c1', atUs: 0 },
      { client: 'c1', session: 1, sequence: 1, firstUnanswered: 1, operation: append, atUs: 900 },
      { client: 'c1', session: 1, sequence: 2, firstUnanswered: 1, operation: append, atUs: 2_000 },
    ];
    const [one, other] = stores.map((store) => log.map((command) => store.put(command)?.type));
    expect(one).toEqual(['ok', 'ok', 'expired']);
    expect(other).toEqual(one);
  });
});

describe('thesis 6.4: processing read-only queries more efficiently', () => {
  test('1: a leader waits until it has committed an entry of its term, for which it appends a no-op', () => {
    const one = new OneNode().lead();
    expect(one.node.log.slice(1, 1)).toMatchObject([{ type: 'no-op', term: 1 }]);
    one
      .flush()
      .read('read-index', 7)
      .receive('n2', { ...refusal(1, 0, 1), round: 1 });
    expect(one.all('read-ready')).toEqual([]);
  });

  test('2, 3: it saves its commit index as readIndex, and exchanges a round of heartbeats with a majority', () => {
    const one = new OneNode().lead().flush().receive('n2', success(1, 1)).read('read-index', 7);
    expect([one.all('read-ready'), Object.keys(one.rounds)]).toEqual([[], ['n2', 'n3']]);
    const round = one.rounds['n2'] ?? 0;
    one.propose(1).flush().receive('n3', success(1, 2));
    expect(one.node.commitIndex).toBe(2);
    expect(one.receive('n2', echo(1, 1, round)).only('read-ready')).toMatchObject({ readId: 7, index: 1 });
  });

  test('4, 5: it waits for its state machine to advance at least as far, and then answers', () => {
    const store = new KvStateMachine();
    const answers: ClientReply['outcome'][] = [];
    const desk = new ReadDesk({
      store: () => store,
      mayAnswer: paperRules.mayAnswerRead,
      emit: () => undefined,
      reply: (_nowUs, _client, _requestId, outcome) => answers.push(outcome),
    });
    desk.take(0, 'c1', { type: 'client-read', requestId: 'r1', key: 'x', mode: 'read-index', notBefore: 0 });
    desk.ready({ type: 'read-ready', readId: 1, index: 1, via: 'read-index' });
    desk.answerReady(0);
    expect(answers).toEqual([]);
    const command = { client: 'c1', sequence: 1, firstUnanswered: 1, operation: set };
    store.apply({ type: 'command', index: 1, term: 1, command });
    desk.answerReady(0);
    expect(answers).toMatchObject([{ type: 'read', index: 1, result: { value: '1' } }]);
  });

  test('one round of heartbeats serves all queries that have accumulated', () => {
    const one = new OneNode().lead().flush().receive('n2', success(1, 1)).read('read-index', 1, 2, 3);
    one.receive('n2', echo(1, 1, one.rounds['n2'] ?? 0));
    expect(one.all('read-ready').map(({ readId }) => readId)).toEqual([1, 2, 3]);
  });

  test('a follower asks the leader for a current readIndex, and then answers from its own state', () => {
    const one = new OneNode({ term: 1 }).receive('n2', appendEntries(1, [0, 0])).read('follower', 7);
    const question = one.sent['n2'];
    if (question?.type !== 'read-index') throw new Error('It asks nothing.');
    one.receive('n2', { type: 'read-index-reply', term: 1, token: question.token, index: 4 });
    expect(one.only('read-ready')).toMatchObject({ readId: 7, index: 4, via: 'follower' });
  });
});

describe('thesis 6.4.1: using clocks to reduce messaging', () => {
  const lease = { durationUs: 1_000_000, driftPpm: 100_000 };
  const leased = (): { readonly one: OneNode; readonly startUs: number } => {
    const one = new OneNode({ config: { lease } }).lead();
    const startUs = one.nowUs;
    one.nowUs += 20_000;
    return { one: one.flush().receive('n2', echo(1, 1, 1)), startUs };
  };

  test('a round that a majority has acknowledged gives a lease from when it was sent, shortened by the clock drift bound', () => {
    const { one, startUs } = leased();
    expect(one.node.lease.heldUntilUs).toBe(startUs + 900_000);
  });

  test('while it lasts the leader answers read-only queries without any communication', () => {
    const one = leased().one.read('lease', 7);
    expect(one.only('read-ready').via).toBe('lease');
    expect(one.all('send')).toEqual([]);
  });

  test('it is given up before a leadership transfer, which may elect another sooner than an election timeout', () => {
    const one = leased().one.turn({ type: 'transfer-leadership', to: 'n2' });
    expect(one.event('lease-given-up').to).toBe('n2');
    expect(one.read('lease', 7).all('read-ready')).toEqual([]);
  });

  test('no other leader commits while it may last, by any clock within the bound', () => {
    const voter = new OneNode({ config: { lease } });
    voter.receive('n2', { ...appendEntries(1, [0, 0]), round: 1, leaseUs: lease.durationUs });
    voter.nowUs = 600_000;
    const granted = voter.receive('n3', requestVote(2, 0, 0)).sent['n3'];
    expect(granted).toMatchObject({ granted: true, leaseRemainingUs: 500_000 });
    const next = new OneNode({ config: { lease } }).timeOut().flush();
    next.receive('n2', { type: 'request-vote-reply', term: 1, granted: true, leaseRemainingUs: 500_000 }).flush();
    const fromUs = next.nowUs;
    for (let round = 1; round < 50 && next.node.commitIndex === 0; round++) {
      next.receive('n2', echo(1, 1, round)).timeOut();
    }
    expect(next.node.commitIndex).toBe(1);
    expect(next.nowUs - fromUs).toBeGreaterThanOrEqual(500_000);
  });

  test('a client that names the latest index it has seen gets no older state than that', () => {
    const store = new KvStateMachine();
    const answers: ClientReply['outcome'][] = [];
    const desk = new ReadDesk({
      store: () => store,
      mayAnswer: (index, applied) => index <= applied,
      emit: () => undefined,
      reply: (_nowUs, _client, _requestId, outcome) => answers.push(outcome),
    });
    desk.take(0, 'c1', { type: 'client-read', requestId: 'r1', key: 'x', mode: 'stale', notBefore: 1 });
    expect(answers).toEqual([{ type: 'behind', index: 0 }]);
  });
});
