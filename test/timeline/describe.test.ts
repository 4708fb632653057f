import { describe as group, expect, it } from 'vitest';
import { ruleBook } from '../../src/raft/rule-book.ts';
import {
  describe,
  describeAction,
  describeFate,
  describeMessage,
  describeOperation,
  eventKinds,
} from '../../src/timeline/describe.ts';
import type { EventBody, TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { actions, bodies, messages, sampleEvents } from './samples.ts';

const of = (event: EventBody, actor = 'n3'): TimelineEvent => ({ atUs: 0, actor, event });
const textOf = (event: EventBody, actor?: string): string => describe(of(event, actor)).text;

it('a write that a real disk begins has no length beforehand, and none is told', () => {
  const started = (dueUs: number): string => textOf({ type: 'disk-write-started', sequence: 1, dueUs });
  expect(started(3_200)).toBe('n3 begins to write to its disk; it takes 3.2 ms');
  expect(started(0)).toBe('n3 begins to write to its disk');
});

group('Every event', () => {
  it.each(sampleEvents.map((event) => [event.event.type, event] as const))('has words: %s', (_, event) => {
    const { text, kind, why, rule, section } = describe(event);
    expect(text).toMatch(/^\S.*[^.\s]$|\.$/u);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    expect(eventKinds.map(({ id }) => id)).toContain(kind);
    if ('rule' in event.event) {
      expect({ rule, section, why }).toEqual({
        rule: event.event.rule,
        section: ruleBook[event.event.rule].section,
        why: ruleBook[event.event.rule].text,
      });
    }
  });

  it('is of a kind that filters know, and every kind has events', () => {
    const kinds = new Set(sampleEvents.map((event) => describe(event).kind));
    expect([...kinds].sort()).toEqual(eventKinds.map(({ id }) => id).sort());
  });

  it('names who did it, unless the cluster itself was acted on', () => {
    for (const event of sampleEvents.filter(({ actor }) => actor !== 'cluster')) {
      expect(describe(event).text.startsWith(event.actor)).toBe(true);
    }
  });
});

group('The words of an event', () => {
  it('say why a vote was refused, in the figures of that vote', () => {
    const [olderTerm, shorter, taken, granted] = bodies['vote-cast'];
    expect(textOf(olderTerm)).toBe("n3 refuses n1's vote: its log ends at term 2, n1's at term 1");
    expect(describe(of(olderTerm)).section).toBe('§5.4.1');
    expect(shorter && textOf(shorter)).toBe(
      "n3 refuses n1's vote: its log ends at index 7, n1's at index 5 of the same term",
    );
    expect(taken && textOf(taken)).toBe("n3 refuses n1's vote: it has voted for itself in term 3");
    expect(granted && textOf(granted)).toBe('n3 votes for n1 in term 3');
  });

  it('say what was replicated and what was taken back', () => {
    const [own, taken] = bodies['entries-appended'];
    expect(textOf(own)).toBe('n3 adds entry 6 of term 3, an empty one, to its log');
    expect(taken && textOf(taken)).toBe('n3 adds entries 7 to 8 of term 3 to its log, from n1');
    expect(textOf(bodies['entries-truncated'][0])).toBe("n3 removes entries 6 to 8, which contradict n1's log");
    expect(textOf(bodies['commit-advanced'][0])).toBe('n3 counts entries 6 to 7 as committed');
  });

  it('say more where the view before is known', () => {
    const config = defaultRunConfig;
    const stood: EventBody = {
      type: 'became-candidate',
      term: 3,
      lastLogIndex: 0,
      lastLogTerm: 0,
      rule: 'election-timeout',
    };
    const counted: EventBody = {
      type: 'vote-counted',
      from: 'n2',
      granted: true,
      votes: 2,
      needed: 3,
      rule: 'vote-tally',
    };
    const view = fold(initialView(config), [of(stood), of(counted)]);
    expect(describe(of(bodies['became-leader'][0]), view).text).toBe('n3 wins with 2 of 5 votes and leads term 3');
    expect(textOf(bodies['became-leader'][0])).toBe('n3 wins the election and leads term 3');
  });

  it('cut long keys and values, and quote what is not one plain word', () => {
    expect(describeOperation({ type: 'set', key: 'a b', value: '' })).toBe('set "a b" to ""');
    expect(describeOperation({ type: 'get', key: '<script>' })).toBe('get "<script>"');
    const long = describeOperation({ type: 'set', key: 'x', value: 'v'.repeat(65_000) });
    expect(long.length).toBeLessThan(80);
    expect(long).toContain('…');
    expect(describeOperation({ type: 'get', key: '🚣'.repeat(50) })).toBe(`get "${'🚣'.repeat(40)}…"`);
    expect(describeOperation({ type: 'set', key: 'x', value: '\u202eabc\u0007' })).toBe(
      String.raw`set x to "\u202eabc\u0007"`,
    );
  });

  it('are a short command for an action', () => {
    expect(Object.values(actions).flat().map(describeAction)).toEqual([
      'kill n3',
      'revive n3',
      'restart n3',
      'pause n3',
      'resume n3',
      'time out n3 now',
      'take a snapshot on n3',
      'hand the lead over from n1 to n3',
      'start n6, a new machine',
      'add n4 as a learner, asked of n1',
      'add n4 as a voter, asked of n1',
      'promote n4, asked of n1',
      'demote n3, asked of n1',
      'remove n3, asked of n1',
      'make n1, n4 and n5 the voters, asked of n1',
      'make n1, n4 and n5 the voters, jointly until told to leave, asked of n1',
      'leave the joint configuration, asked of n1',
      'cut n1→n2',
      'heal all links',
      'heal n1–n2',
      'isolate n3',
      'split n1 n2 | n3 n4 n5',
      'set all links to latency 30 ± 5 ms, loss 10 %, duplication 0.5 %',
      'set n1→n2 to reordering 20 % by 300 ± 200 ms, replay 0 %',
      'clog n1→n2 for 500 ms',
      'unclog n1→n2',
      'let n1→n2 flap: down for 300 ms, up for 700 ms',
      'let n1→n2 be steady',
      'set the disk of n2 to 50 ms',
      'let the next write to the disk of n2 fail',
      'let the disk of all nodes be full',
      'let the disk of n2 lie of its last 5 writes',
      'let the disk of n2 tell the truth',
      'set the disk of n2 to 5 ± 1 ms and let the disk of n2 keep what is written',
      'flip a bit of the last entry on the disk of n3',
      'flip a bit of entry 5 on the disk of n3',
      'flip a bit of the term and vote on the disk of n3',
      'flip a bit of the snapshot on the disk of n3',
      'flip a bit of the identity on the disk of n3',
      'lose entries 3 to 5 from the disk of n3',
      'leave half a write at the end of the log on the disk of n3',
      'swap the disks of n3 and n4',
      'put a copy of the disk of n3 aside',
      'let the disk of n3 be its copy again',
      'let n2 take 40 ± 20 ms over each message',
      'let all nodes handle messages at once',
      'let the clock of n2 run 5 % fast',
      'let the clock of all nodes run 200 ppm slow',
      'let the clock of n2 run right',
      'let the clock of n2 jump 100 ms ahead',
      'c1 asks: set x to 5',
      'c1 asks: get x',
      'c1 asks: delete x',
      'c1 asks: append 7 to x',
      'c1 asks: set x to 6 if it is absent',
      'c1 asks: get x via stale at n3, not before what the client has seen',
      'c1 asks: get x via lease',
      'power failure of n1 and n2 and the clients',
      'power returns to n1 and n2',
      "crash of n3: n3's database is full.",
    ]);
  });

  it('name sender, receiver and content of every message', () => {
    const texts = Object.values(messages)
      .flat()
      .map((message) => describeMessage(message, 'n1', 'n2'));
    expect(texts.slice(0, 21)).toEqual([
      'n1 asks n2 for its vote in term 3; its log ends at index 5, term 2',
      'n1 asks n2 for its vote in term 1; its log is empty',
      'n1 asks n2 for its vote in term 3, as the leader wishes; its log ends at index 5, term 2',
      'n1 gives n2 its vote in term 3',
      'n1 refuses n2 its vote; it is in term 3',
      'n1 gives n2 its vote in term 3; it knows of no lease',
      'n1 gives n2 its vote in term 3; the leader before may hold a lease for 120 ms',
      'n1 asks n2 whether it would vote for it in term 3; its log ends at index 5, term 2',
      'n1 asks n2 whether it would vote for it in term 1; its log is empty',
      'n1 tells n2 that it would vote for it in term 3',
      'n1 tells n2 that it would not vote for it; it is in term 4',
      'n1 tells n2 to stand for election now, in place of the leader of term 3',
      'n1 sends n2 a heartbeat of term 3, commit index 4',
      'n1 sends n2 entries 6 to 7 to follow index 5 of term 2; term 3, commit index 4',
      'n1 sends n2 a heartbeat of term 3, commit index 4, round 4 for a lease of 300 ms',
      'n1 asks n2 how far it must have applied its log before it answers a read; term 3',
      'n1 tells n2 that it may answer its reads once it has applied index 12',
      'n1 cannot tell n2 a read index; it is in term 3',
      'n1 tells n2 that it agrees up to index 7',
      "n1 answers n2's heartbeat: it agrees up to index 5",
      "n1 refuses n2's entries after index 5: it holds term 2 there, from index 4 on",
    ]);
    for (const text of texts) expect(text).toMatch(/^n1 .*n2/);
  });

  it('say of a pre-vote and of a transfer what was decided and why', () => {
    const say = (type: 'pre-vote-cast' | 'transfer-refused' | 'transfer-started' | 'transfer-given-up'): string[] =>
      bodies[type].map((event) => textOf(event));
    expect(say('pre-vote-cast')).toEqual([
      'n3 would not vote for n1: it has just heard from a leader',
      'n3 would not vote for n1: it has no vote left in term 2',
      'n3 would not vote for n1: n1 would stand in an older term, n3 is in term 2',
      "n3 would not vote for n1: its log ends at index 7, n1's at index 5 of the same term",
      'n3 would vote for n1 in term 3',
    ]);
    expect(say('transfer-refused')).toEqual([
      'n3 does not hand the lead over to n1: n3 does not lead',
      'n3 does not hand the lead over to n1: n1 is no member',
      'n3 does not hand the lead over to n1: n1 has no vote',
      'n3 does not hand the lead over to n1: it leads already',
      'n3 does not hand the lead over to n1: it is handing it over already',
    ]);
    expect([...say('transfer-started'), ...say('transfer-given-up')]).toEqual([
      'n3 hands its lead over to n1 and takes no proposals meanwhile',
      'n3 leads on: n1 has not taken the lead over in time',
    ]);
  });

  it('say why the membership stays as it is', () => {
    expect(bodies['membership-refused'].map((event) => textOf(event))).toEqual([
      'n3 does not promote n4: n3 does not lead',
      'n3 does not promote n4: n3 is handing its lead over',
      'n3 does not promote n4: the change before it is not committed yet',
      'n3 does not promote n4: n3 has not committed anything in its term yet',
      'n3 does not promote n4: two configurations hold jointly, and have to be left first',
      'n3 does not promote n4: no two configurations hold jointly',
      'n3 does not promote n4: n4 is no member',
      'n3 does not promote n4: n4 is that already',
      'n3 does not promote n4: nobody would be left to vote',
      'n3 does not promote n4: n4 lacks committed entries, or is silent',
      'n3 does not promote n4: a name is empty, stands twice, or is one too many',
    ]);
  });

  it('say what came of a request', () => {
    expect(describeFate({ type: 'committed', index: 7, result: { type: 'ok', value: '5' } })).toBe(
      'committed at index 7: the key holds 5',
    );
    expect(describeFate({ type: 'committed', index: 7, result: { type: 'mismatch', actual: undefined } })).toBe(
      'committed at index 7: nothing written, the key is absent',
    );
    expect(describeFate({ type: 'unknown', reason: 'No answer.' })).toBe('unknown: No answer.');
  });
});

group('Noise', () => {
  it('is heartbeats, the agreement to them, and timers; entries, votes and refusals are not', () => {
    const noisy = sampleEvents.filter((event) => describe(event).noise).map(({ event }) => event);
    expect(new Set(noisy.map(({ type }) => type))).toEqual(
      new Set(['timer-set', 'message-sent', 'message-received', 'append-accepted', 'lease-extended', 'lease-promised']),
    );
    const sent = noisy.flatMap((event) => (event.type === 'message-sent' ? [event.message] : []));
    expect(
      sent.every(
        (message) =>
          (message.type === 'append-entries' && message.entries.length === 0) ||
          (message.type === 'append-entries-reply' && message.success && message.matchIndex === message.prevLogIndex),
      ),
    ).toBe(true);
    expect(sent).toHaveLength(12);
  });

  it('tells the receipt of entries from that of a heartbeat where the view before is known', () => {
    const [heartbeat, entries] = messages['append-entries'];
    const send = (messageId: string, message: typeof heartbeat): TimelineEvent =>
      of({ type: 'message-sent', messageId, to: 'n1', dueUs: 9, fate: 'sent', copy: false, message });
    const view = fold(initialView(defaultRunConfig), [send('a', heartbeat), ...(entries ? [send('b', entries)] : [])]);
    const receipt = (messageId: string): TimelineEvent =>
      of({ type: 'message-received', messageId, from: 'n3', messageType: 'append-entries' }, 'n1');
    expect(describe(receipt('a'), view)).toMatchObject({ text: 'n1 receives a heartbeat from n3', noise: true });
    expect(describe(receipt('b'), view)).toMatchObject({ text: 'n1 receives entries 6 to 7 from n3', noise: false });
  });
});
