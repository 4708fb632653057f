import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Clerk,
  DEFAULT_MAX_IN_FLIGHT,
  DEFAULT_MAX_QUEUED,
  type ClerkConfig,
  type ClerkEffect,
} from '../../src/kv/clerk.ts';
import type { ClientReply, ClientRequest, Fate } from '../../src/kv/client-message.ts';
import type { KvCommand, Operation } from '../../src/kv/command.ts';
import { SESSION_WINDOW } from '../../src/kv/limits.ts';
import { KvStateMachine } from '../../src/kv/state-machine.ts';
import type { NodeId } from '../../src/raft/entry.ts';

const MS = 1_000;
const config: ClerkConfig = {
  client: 'c1',
  nodes: ['n1', 'n2', 'n3'],
  attemptTimeoutUs: 400 * MS,
  deadlineUs: 2_000 * MS,
  retryDelayUs: 60 * MS,
};
const set: Operation = { type: 'set', key: 'x', value: '5' };

type CommandRequest = ClientRequest & { readonly command: KvCommand };

/** Effects as lines that can be read: `r1 -> n2 #1 (first attempt)`, `r1 committed 7`. */
function lines(effects: readonly ClerkEffect[]): string[] {
  const whys = new Map<string, string>();
  return effects.flatMap((effect) => {
    if (effect.type === 'send') {
      const { requestId, command } = commandIn(effect.message);
      return `${requestId} -> ${effect.to} #${command.sequence} (${whys.get(requestId) ?? ''})`;
    }
    const { event } = effect;
    if (event.type === 'request-attempted') whys.set(event.requestId, `${event.attempt}: ${event.why}`);
    return event.type === 'request-ended' ? `${event.requestId} ${fateLine(event.fate)}` : [];
  });
}

function fateLine(fate: Fate): string {
  return fate.type === 'committed' ? `committed ${fate.index}` : `${fate.type}: ${fate.reason}`;
}

function fates(effects: readonly ClerkEffect[]): Fate[] {
  return effects.flatMap((effect) =>
    effect.type === 'event' && effect.event.type === 'request-ended' ? [effect.event.fate] : [],
  );
}

function sends(effects: readonly ClerkEffect[]): { readonly to: NodeId; readonly message: CommandRequest }[] {
  return effects.flatMap((effect) =>
    effect.type === 'send' ? [{ to: effect.to, message: commandIn(effect.message) }] : [],
  );
}

/** What goes through the log; reads that do not have tests of their own. */
function commandIn(message: Extract<ClerkEffect, { readonly type: 'send' }>['message']): CommandRequest {
  if (message.type !== 'client-request' || !('sequence' in message.command)) {
    throw new Error(`A ${message.type} is no command.`);
  }
  return { ...message, command: message.command };
}

/** A clerk with its clock, in milliseconds, and its transcript. */
class Bench {
  readonly clerk: Clerk;
  nowMs = 0;

  constructor(changes: Partial<ClerkConfig> = {}) {
    this.clerk = new Clerk({ ...config, ...changes });
  }

  submit(requestId: string, operation: Operation = set): string[] {
    return lines(this.clerk.submit(this.nowMs * MS, requestId, operation));
  }

  reply(from: NodeId, requestId: string, outcome: ClientReply['outcome']): string[] {
    return lines(this.clerk.handleReply(this.nowMs * MS, from, { type: 'client-reply', requestId, outcome }));
  }

  notLeader(from: NodeId, leader?: NodeId, requestId = 'r1'): string[] {
    return this.reply(from, requestId, { type: 'not-leader', leader });
  }

  applied(from: NodeId, index: number, requestId = 'r1'): string[] {
    return this.reply(from, requestId, { type: 'applied', index, result: { type: 'ok', value: '5' } });
  }

  /** Goes to the next moment at which the clerk wants to be woken, and wakes it. */
  wake(): string[] {
    this.nowMs = this.clerk.nextDeadlineUs / MS;
    return lines(this.clerk.handleTimer(this.nowMs * MS));
  }
}

describe('a clerk finds the leader', () => {
  it('asks the first node, tells what it does, and reports the result', () => {
    const clerk = new Clerk(config);
    const command: KvCommand = { client: 'c1', sequence: 1, firstUnanswered: 1, operation: set };
    expect(clerk.submit(0, 'r1', set)).toEqual([
      { type: 'event', event: { type: 'request-submitted', requestId: 'r1', operation: set } },
      {
        type: 'event',
        event: { type: 'request-attempted', requestId: 'r1', node: 'n1', attempt: 1, why: 'first attempt' },
      },
      { type: 'send', to: 'n1', message: { type: 'client-request', requestId: 'r1', command } },
    ]);
    const result = { type: 'ok', value: '5' } as const;
    const reply: ClientReply = {
      type: 'client-reply',
      requestId: 'r1',
      outcome: { type: 'applied', index: 7, result },
    };
    expect(clerk.handleReply(MS, 'n1', reply)).toEqual([
      {
        type: 'event',
        event: { type: 'request-ended', requestId: 'r1', fate: { type: 'committed', index: 7, result } },
      },
    ]);
    expect(clerk.nextDeadlineUs).toBe(Infinity);
  });

  it('follows a hint at once, and goes straight to that leader from then on', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.notLeader('n1', 'n3')).toEqual(['r1 -> n3 #1 (2: n1 is not the leader, it says n3 is)']);
    expect(bench.applied('n3', 4)).toEqual(['r1 committed 4']);
    expect(bench.submit('r2')).toEqual(['r2 -> n3 #2 (1: first attempt)']);
  });

  it('without a hint it waits a little and goes round the nodes', () => {
    const bench = new Bench();
    bench.submit('r1');
    const asked: string[] = [];
    for (const node of ['n1', 'n2', 'n3']) {
      const before = bench.nowMs;
      expect(bench.notLeader(node)).toEqual([]);
      asked.push(...bench.wake());
      expect(bench.nowMs).toBe(before + 60);
    }
    expect(asked).toEqual([
      'r1 -> n2 #1 (2: n1 is not the leader and knows of none)',
      'r1 -> n3 #1 (3: n2 is not the leader and knows of none)',
      'r1 -> n1 #1 (4: n3 is not the leader and knows of none)',
    ]);
  });

  it('asks everyone in turn, though one that has left the cluster is pointed at time and again', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.notLeader('n1', undefined)).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n2 #1 (2: n1 is not the leader and knows of none)']);
    expect(bench.notLeader('n2', 'n1')).toEqual(['r1 -> n1 #1 (3: n2 is not the leader, it says n1 is)']);
    expect(bench.notLeader('n1', undefined)).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n3 #1 (4: n1 is not the leader and knows of none)']);
  });

  it('does not run in a circle when two nodes point at each other', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.notLeader('n1', 'n2')).toEqual(['r1 -> n2 #1 (2: n1 is not the leader, it says n2 is)']);
    expect(bench.notLeader('n2', 'n1')).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n3 #1 (3: n2 is not the leader, it says n1 is)']);
    expect(bench.nowMs).toBe(60);
  });

  it('does not follow a hint to itself, or to a node that it does not know', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.notLeader('n1', 'n1')).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n2 #1 (2: n1 is not the leader, it says n1 is)']);
    expect(bench.notLeader('n2', 'n9')).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n3 #1 (3: n2 is not the leader, it says n9 is)']);
  });

  it('turns to the next node when one does not answer, and follows nobody back there', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.wake()).toEqual(['r1 -> n2 #1 (2: no answer from n1 within 400 ms)']);
    expect(bench.nowMs).toBe(400);
    expect(bench.notLeader('n2', 'n1')).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n3 #1 (3: n2 is not the leader, it says n1 is)']);
    expect(bench.submit('r2')).toEqual(['r2 -> n2 #2 (1: first attempt)']);
  });

  it('but asks it again when its turn comes, and believes in it when it answers', () => {
    const bench = new Bench();
    bench.submit('r1');
    bench.wake();
    bench.notLeader('n2', 'n1');
    bench.wake();
    bench.notLeader('n3', 'n1');
    expect(bench.wake()).toEqual(['r1 -> n1 #1 (4: n3 is not the leader, it says n1 is)']);
    expect(bench.applied('n1', 9)).toEqual(['r1 committed 9']);
    expect(bench.submit('r2')).toEqual(['r2 -> n1 #2 (1: first attempt)']);
  });

  it('believes a hint again as soon as the silent node is heard from', () => {
    const bench = new Bench();
    bench.submit('r1');
    bench.wake();
    expect(bench.notLeader('n1')).toEqual([]);
    expect(bench.notLeader('n2', 'n1')).toEqual(['r1 -> n1 #1 (3: n2 is not the leader, it says n1 is)']);
  });

  it('asks a node again that had refused, when another says after a rest that it leads now', () => {
    const bench = new Bench();
    bench.submit('r1');
    bench.notLeader('n1');
    bench.wake();
    expect(bench.notLeader('n2', 'n1')).toEqual(['r1 -> n1 #1 (3: n2 is not the leader, it says n1 is)']);
  });

  it('gives up a leader that it knew when it does not answer any more', () => {
    const bench = new Bench();
    bench.submit('r1');
    bench.notLeader('n1', 'n3');
    bench.applied('n3', 4);
    bench.submit('r2');
    expect(bench.wake()).toEqual(['r2 -> n1 #2 (2: no answer from n3 within 400 ms)']);
    expect(bench.submit('r3')).toEqual(['r3 -> n1 #3 (1: first attempt)']);
  });

  it('asks a leader that is handing over again after a rest, and may still say that the request failed', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.reply('n1', 'r1', { type: 'transferring' })).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n1 #1 (2: n1 is handing its lead over)']);
    expect(bench.nowMs).toBe(60);
    expect(bench.reply('n1', 'r1', { type: 'not-leader', leader: 'n3' })).toEqual([
      'r1 -> n3 #1 (3: n1 is not the leader, it says n3 is)',
    ]);
    expect(bench.reply('n3', 'r1', { type: 'transferring' })).toEqual([]);
    let last: string[] = [];
    while (bench.clerk.pendingCount === 1) {
      last = bench.wake();
      bench.reply('n3', 'r1', { type: 'transferring' });
    }
    expect(last).toEqual(['r1 failed: No node took it within 2000 ms; the last answer: n3 is handing its lead over.']);
  });

  it('asks a busy leader again after a rest', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.reply('n1', 'r1', { type: 'busy' })).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n1 #1 (2: n1 has too much to do)']);
    expect(bench.nowMs).toBe(60);
  });

  it('asks the new leader when the old one had taken the request and lost its lead', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.reply('n1', 'r1', { type: 'leadership-lost', leader: 'n2' })).toEqual([
      'r1 -> n2 #1 (2: n1 took it but no longer leads, it says n2 does)',
    ]);
    expect(bench.reply('n2', 'r1', { type: 'leadership-lost', leader: undefined })).toEqual([]);
    expect(bench.wake()).toEqual(['r1 -> n3 #1 (3: n2 took it but no longer leads, and knows of no other)']);
  });

  it('manages with a single node', () => {
    const bench = new Bench({ nodes: ['n1'] });
    bench.submit('r1');
    bench.notLeader('n1');
    expect(bench.wake()).toEqual(['r1 -> n1 #1 (2: n1 is not the leader and knows of none)']);
    expect(bench.wake()).toEqual(['r1 -> n1 #1 (3: no answer from n1 within 400 ms)']);
    expect(bench.applied('n1', 3)).toEqual(['r1 committed 3']);
  });

  it('sends the very same command on every attempt', () => {
    const clerk = new Clerk(config);
    const first = sends(clerk.submit(0, 'r1', set));
    const second = sends(clerk.handleTimer(400 * MS));
    expect(second[0]?.message).toEqual(first[0]?.message);
  });

  it('cannot be made without a node or without a name', () => {
    expect(() => new Clerk({ ...config, nodes: [] })).toThrow('at least one node');
    expect(() => new Clerk({ ...config, client: '' })).toThrow('name');
    expect(() => new Clerk({ ...config, client: 'c'.repeat(65) })).toThrow('name');
  });
});

describe('a clerk knows what became of a request', () => {
  it('failed: every node said no, to the end', () => {
    const bench = new Bench({ nodes: ['n1', 'n2'], deadlineUs: 100 * MS });
    bench.submit('r1');
    bench.notLeader('n1');
    bench.wake();
    bench.notLeader('n2');
    expect(bench.wake()).toEqual([
      'r1 failed: No node took it within 100 ms; the last answer: n2 is not the leader and knows of none.',
    ]);
    expect(bench.nowMs).toBe(100);
  });

  it('failed: it never came to be sent', () => {
    const bench = new Bench({ maxInFlight: 1 });
    bench.submit('r1');
    bench.nowMs = 10;
    expect(bench.submit('r2')).toEqual([]);
    const ended: string[] = [];
    while (bench.clerk.pendingCount > 0) ended.push(...bench.wake().filter((line) => !line.includes('->')));
    expect(ended[0]).toMatch(/^r1 unknown/);
    // r2 had its turn for the last 10 ms, which is not never.
    expect(ended[1]).toMatch(/^r2 unknown/);

    const crowd = new Bench({ maxInFlight: 1 });
    crowd.submit('r1');
    crowd.submit('r2');
    while (crowd.nowMs < 1_600) crowd.wake();
    expect(crowd.wake()).toEqual([
      'r1 unknown: No answer within 2000 ms, but n2 may have taken it: it may still happen.',
      'r2 failed: It was never sent: for 2000 ms other requests were in front of it.',
    ]);
  });

  it('unknown: a node was asked and has not answered', () => {
    const bench = new Bench({ attemptTimeoutUs: 5_000 * MS });
    bench.submit('r1');
    expect(bench.wake()).toEqual([
      'r1 unknown: No answer within 2000 ms, but n1 may have taken it: it may still happen.',
    ]);
  });

  it('unknown: one attempt had no answer, though every later one was refused', () => {
    const bench = new Bench({ deadlineUs: 450 * MS });
    bench.submit('r1');
    bench.wake();
    bench.notLeader('n2');
    expect(bench.wake()).toEqual([
      'r1 unknown: No answer within 450 ms, but n1 may have taken it: it may still happen.',
    ]);
  });

  it('unknown: a leader took it and lost its lead, and nobody took it again', () => {
    const bench = new Bench({ deadlineUs: 50 * MS });
    bench.submit('r1');
    bench.reply('n1', 'r1', { type: 'leadership-lost', leader: undefined });
    expect(bench.wake()).toEqual([
      'r1 unknown: No answer within 50 ms, but n1 may have taken it: it may still happen.',
    ]);
  });

  it('unknown: where links duplicate, a refusal proves nothing, as its copy may be taken later', () => {
    const bench = new Bench({ nodes: ['n1'], deadlineUs: 50 * MS });
    bench.clerk.setLinksMayDuplicate(true);
    bench.submit('r1');
    bench.notLeader('n1');
    expect(bench.wake()).toEqual([
      'r1 unknown: No answer within 50 ms, but n1 may have taken it: it may still happen.',
    ]);
    bench.clerk.setLinksMayDuplicate(false);
    bench.submit('r2');
    bench.notLeader('n1', undefined, 'r2');
    expect(bench.wake()).toEqual([
      'r2 failed: No node took it within 50 ms; the last answer: n1 is not the leader and knows of none.',
    ]);
  });

  it('unknown: a late refusal of an attempt that was given up does not clear the node', () => {
    const bench = new Bench({ nodes: ['n1'], deadlineUs: 450 * MS });
    bench.submit('r1');
    bench.wake();
    bench.notLeader('n1');
    expect(bench.wake()).toEqual([
      'r1 unknown: No answer within 450 ms, but n1 may have taken it: it may still happen.',
    ]);
  });

  it('committed: the answer of a node that had been given up still counts', () => {
    const bench = new Bench();
    bench.submit('r1');
    bench.wake();
    expect(bench.applied('n1', 3)).toEqual(['r1 committed 3']);
    expect(bench.applied('n2', 3)).toEqual([]);
  });

  it('committed: a refusal by the store is an answer like any other', () => {
    const clerk = new Clerk(config);
    clerk.submit(0, 'r1', set);
    const result = { type: 'refused', message: 'No.' } as const;
    const outcome = { type: 'applied', index: 2, result } as const;
    expect(fates(clerk.handleReply(1, 'n1', { type: 'client-reply', requestId: 'r1', outcome }))).toEqual([
      { type: 'committed', index: 2, result },
    ]);
  });

  it('an operation over a limit fails at once, with the sentence, and is sent nowhere', () => {
    const bench = new Bench();
    expect(bench.submit('r1', { type: 'set', key: 'k'.repeat(257), value: '' })).toEqual([
      'r1 failed: The key is 257 bytes long; a key may have at most 256 bytes.',
    ]);
    expect(bench.clerk.nextDeadlineUs).toBe(Infinity);
    expect(bench.submit('r2')).toEqual(['r2 -> n1 #1 (1: first attempt)']);
  });

  it('late, repeated and foreign answers change nothing', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.notLeader('n2', 'n3')).toEqual([]);
    expect(bench.notLeader('n1', undefined, 'r9')).toEqual([]);
    bench.notLeader('n1');
    expect(bench.notLeader('n1', 'n3')).toEqual([]);
    bench.wake();
    expect(bench.applied('n2', 3)).toEqual(['r1 committed 3']);
    expect(bench.applied('n2', 3)).toEqual([]);
    expect(bench.notLeader('n2', 'n1')).toEqual([]);
    expect(bench.clerk.pendingCount).toBe(0);
  });

  it('a request that is under way is not taken a second time', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.submit('r1')).toEqual([]);
    expect(bench.clerk.pendingCount).toBe(1);
  });

  it('woken early, it does nothing', () => {
    const bench = new Bench();
    bench.submit('r1');
    expect(bench.clerk.handleTimer(399 * MS)).toEqual([]);
    expect(bench.clerk.nextDeadlineUs).toBe(400 * MS);
  });
});

describe('a clerk has bounds', () => {
  it(`it has ${DEFAULT_MAX_IN_FLIGHT} requests under way, ${DEFAULT_MAX_QUEUED} in its queue, and the next one fails at once`, () => {
    const bench = new Bench();
    const most = DEFAULT_MAX_IN_FLIGHT + DEFAULT_MAX_QUEUED;
    let sent = 0;
    for (let number = 1; number <= most; number++) sent += bench.submit(`r${number}`).length;
    expect(sent).toBe(DEFAULT_MAX_IN_FLIGHT);
    expect(bench.submit('more')).toEqual([
      'more failed: Too many requests at once: 64 are under way and 1000 wait, which is the most.',
    ]);
    expect(bench.applied('n1', 1, 'r1')).toEqual(['r1 committed 1', 'r65 -> n1 #65 (1: first attempt)']);
    expect(bench.submit('again')).toEqual([]);
    expect(bench.clerk.pendingCount).toBe(most);
  });

  it('says which results the session may forget: those before the oldest request that has not ended', () => {
    const clerk = new Clerk(config);
    const firsts = (effects: readonly ClerkEffect[]): number[] =>
      sends(effects).map(({ message }) => message.command.firstUnanswered);
    const outcome = { type: 'applied', index: 1, result: { type: 'ok', value: '5' } } as const;
    expect(firsts(clerk.submit(0, 'r1', set))).toEqual([1]);
    expect(firsts(clerk.submit(0, 'r2', set))).toEqual([1]);
    clerk.handleReply(1, 'n1', { type: 'client-reply', requestId: 'r2', outcome });
    expect(firsts(clerk.submit(2, 'r3', set))).toEqual([1]);
    clerk.handleReply(3, 'n1', { type: 'client-reply', requestId: 'r1', outcome });
    expect(firsts(clerk.submit(4, 'r4', set))).toEqual([3]);
  });

  it('one request that hangs holds up the others at the end of the session window, not before', () => {
    const bench = new Bench();
    bench.submit('r1');
    for (let number = 2; number <= SESSION_WINDOW; number++) {
      expect(bench.submit(`r${number}`)).toHaveLength(1);
      bench.applied('n1', number, `r${number}`);
    }
    expect(bench.submit('beyond')).toEqual([]);
    expect(bench.applied('n1', 1)).toEqual([
      'r1 committed 1',
      `beyond -> n1 #${SESSION_WINDOW + 1} (1: first attempt)`,
    ]);
  });
});

describe('a clerk and the store together', () => {
  /** What a world that loses, duplicates, delays and refuses does to one message, drawn by fast-check. */
  const storm = fc.array(
    fc.record({
      request: fc.constantFrom('lost', 'refused', 'taken', 'taken twice', 'taken late', 'taken then lost lead'),
      replyLost: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  );

  it('every request is applied at most once; a committed one was, once, and a failed one never is', () => {
    fc.assert(
      fc.property(storm, fc.integer({ min: 1, max: 6 }), (weather, requests) => {
        const { clerk, machine, ended, flush } = playStorm(weather, requests);
        flush();
        const marks = (machine.get('x') ?? '').split(';');
        for (let number = 1; number <= requests; number++) {
          const times = marks.filter((mark) => mark === `r${number}`).length;
          const fate = ended.get(`r${number}`)?.type;
          expect(times).toBeLessThanOrEqual(1);
          if (fate === 'committed') expect(times).toBe(1);
          if (fate === 'failed') expect(times).toBe(0);
        }
        expect(ended.size).toBe(requests);
        expect(clerk.pendingCount).toBe(0);
      }),
    );
  });
});

type Weather = readonly { readonly request: string; readonly replyLost: boolean }[];

/** Plays a clerk against one log: each message that it sends meets the next piece of weather. */
function playStorm(weather: Weather, requests: number) {
  const clerk = new Clerk({ ...config, maxInFlight: 3 });
  const machine = new KvStateMachine();
  const ended = new Map<string, Fate>();
  const late: KvCommand[] = [];
  let index = 0;
  let drawn = 0;
  let nowUs = 0;

  const append = (command: KvCommand): ClientReply['outcome'] => {
    index += 1;
    const { result } = machine.apply({ type: 'command', index, term: 1, command });
    return { type: 'applied', index, result: result ?? { type: 'ok', value: undefined } };
  };
  const meet = (command: KvCommand): ClientReply['outcome'] | undefined => {
    const { request } = weather[drawn++ % weather.length] ?? { request: 'lost' };
    if (request === 'lost') return undefined;
    if (request === 'refused') return { type: 'not-leader', leader: undefined };
    if (request === 'taken late' || request === 'taken then lost lead') {
      late.push(command);
      return request === 'taken late' ? undefined : { type: 'leadership-lost', leader: undefined };
    }
    const outcome = append(command);
    if (request === 'taken twice') append(command);
    return outcome;
  };
  const carryOut = (effects: readonly ClerkEffect[]): void => {
    for (const effect of effects) {
      const event = effect.type === 'event' ? effect.event : undefined;
      if (event?.type === 'request-ended') ended.set(event.requestId, event.fate);
    }
    for (const { to, message } of sends(effects)) {
      const replyLost = weather[drawn % weather.length]?.replyLost ?? false;
      const outcome = meet(message.command);
      if (outcome === undefined || replyLost) continue;
      carryOut(clerk.handleReply(nowUs, to, { type: 'client-reply', requestId: message.requestId, outcome }));
    }
  };
  for (let number = 1; number <= requests; number++) {
    carryOut(clerk.submit(nowUs, `r${number}`, { type: 'append', key: 'x', value: `r${number};` }));
  }
  while (clerk.nextDeadlineUs < Infinity) {
    nowUs = clerk.nextDeadlineUs;
    carryOut(clerk.handleTimer(nowUs));
    const stray = drawn % 3 === 0 ? late.shift() : undefined;
    if (stray !== undefined) append(stray);
  }
  /** At the very end every message that was still on its way arrives. */
  const flush = (): void => {
    for (const command of late.splice(0)) append(command);
  };
  return { clerk, machine, ended, flush };
}
