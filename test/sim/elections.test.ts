import { describe, expect, it } from 'vitest';
import { Simulator } from '../../src/sim/simulator.ts';
import type { Action } from '../../src/timeline/action.ts';
import { describe as wordsOf } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import type { View } from '../../src/timeline/view.ts';

/** A cluster that is played by hand: its view, and all that has happened. */
class Play {
  readonly #simulator: Simulator;
  readonly events: TimelineEvent[] = [];
  view: View;

  constructor(config: Partial<RunConfig>, seed = 4) {
    const whole = { ...defaultRunConfig, ...config };
    this.#simulator = new Simulator({ seed, config: whole });
    this.view = initialView(whole);
    this.run(1_000);
  }

  /** Time goes on, in virtual milliseconds. */
  run(ms: number): this {
    this.#simulator.advance(this.#simulator.nowUs + ms * 1_000);
    return this.#look();
  }

  act(...actions: readonly Action[]): this {
    for (const action of actions) this.#simulator.act(action);
    return this.#look();
  }

  #look(): this {
    const events = this.#simulator.takeEvents();
    this.events.push(...events);
    this.view = fold(this.view, events);
    return this;
  }

  /** Who leads the highest term, and which that is. */
  get lead(): { readonly leader: string; readonly term: number } {
    const leaders = Object.values(this.view.nodes).filter(({ role }) => role === 'leader');
    const [first] = leaders.sort((one, other) => other.term - one.term);
    return { leader: first?.id ?? 'nobody', term: first?.term ?? 0 };
  }

  node(id: string) {
    const node = this.view.nodes[id];
    if (node === undefined) throw new Error(`There is no ${id}.`);
    return node;
  }

  /** A node that does not lead; the second of them with 1. */
  follower(place = 0): string {
    return this.view.world.nodes.filter((id) => id !== this.lead.leader)[place] ?? '';
  }

  /** What happened since there were so many events, in words. */
  said(since = 0): string {
    return this.events
      .slice(since)
      .map((event) => wordsOf(event).text)
      .join('\n');
  }
}

const write = (number: number): Action => ({
  type: 'request',
  client: 'c1',
  requestId: `r${number}`,
  operation: { type: 'append', key: 'x', value: String(number) },
});
const heal: Action = { type: 'heal', links: undefined };

describe('Pre-vote (thesis 9.6): a node that was cut off comes back', () => {
  const comeBack = (config: Partial<RunConfig>) => {
    const play = new Play(config);
    const before = play.lead;
    const node = play.follower();
    play.act({ type: 'isolate', node }).run(3_000);
    const away = play.node(node);
    play.act(heal).run(2_000);
    return { play, before, away, back: play.node(node) };
  };

  it('without it, the node comes with a high term and deposes the leader', () => {
    const { play, before, away } = comeBack({});
    expect(away.role).toBe('candidate');
    expect(away.term).toBeGreaterThan(before.term + 5);
    expect(play.lead.term).toBeGreaterThanOrEqual(away.term);
    expect(play.node(before.leader).term).toBeGreaterThan(before.term);
  });

  it('with it, the node has stayed in its term, and follows the same leader again', () => {
    const { play, before, away, back } = comeBack({ preVote: true });
    expect([away.role, away.term]).toEqual(['pre-candidate', before.term]);
    expect(play.lead).toEqual(before);
    expect([back.role, back.leader, back.term]).toEqual(['follower', before.leader, before.term]);
  });

  it('and when the leader is the one cut off, the others elect another all the same', () => {
    const play = new Play({ preVote: true });
    const before = play.lead;
    play.act({ type: 'isolate', node: before.leader }).run(2_000);
    const after = play.lead;
    expect(after.term).toBe(before.term + 1);
    expect(play.node(before.leader).role).toBe('leader');
    play.act(heal).run(1_000);
    expect(play.lead).toEqual(after);
    expect(play.node(before.leader).leader).toBe(after.leader);
  });
});

describe('Check-quorum (thesis 6.2): a leader is cut off', () => {
  const cutOff = (config: Partial<RunConfig>) => {
    const play = new Play(config);
    const { leader } = play.lead;
    play.act({ type: 'isolate', node: leader }).run(1_000);
    return { play, leader };
  };

  it('without it, the old leader goes on believing that it leads', () => {
    const { play, leader } = cutOff({});
    expect(play.node(leader).role).toBe('leader');
  });

  it('with it, the old leader steps down of itself, in its term, and a client learns that its request hangs', () => {
    const { play, leader } = cutOff({ checkQuorum: true, preVote: true });
    expect(play.node(leader)).toMatchObject({ role: 'pre-candidate', leader: undefined, term: 1 });
    const stepped = play.events.find(({ event }) => event.type === 'became-follower' && event.rule === 'quorum-lost');
    expect(stepped?.actor).toBe(leader);
  });

  it('with it, a leader that hears from just a majority leads on', () => {
    const play = new Play({ checkQuorum: true });
    const before = play.lead;
    play.act({ type: 'kill', node: play.follower(0) }, { type: 'kill', node: play.follower(1) }).run(3_000);
    expect(play.lead).toEqual(before);
    play.act({ type: 'kill', node: play.follower(2) }).run(1_000);
    expect(play.lead.leader).toBe('nobody');
  });
});

describe('Leader stickiness (thesis 4.2.3): a node of a high term comes back', () => {
  it('and its vote requests move nobody, but its answer to the leader does, so that it is not stuck (trap 9)', () => {
    const play = new Play({ leaderStickiness: true, checkQuorum: true });
    const before = play.lead;
    const node = play.follower();
    play.act({ type: 'isolate', node }).run(3_000).act(heal);
    const mark = play.events.length;
    play.run(2_000);
    expect(play.said(mark)).toMatch(new RegExp(`n\\d ignores ${node}'s vote request`));
    const learnt = play.events
      .slice(mark)
      .find(({ actor, event }) => actor === before.leader && event.type === 'term-advanced');
    expect(learnt?.event).toMatchObject({ from: node });
    const { leader, term } = play.lead;
    for (const one of Object.values(play.view.nodes)) {
      expect([one.id, one.leader, one.term]).toEqual([one.id, leader, term]);
    }
  });
});

describe('Leadership transfer (thesis 3.10)', () => {
  const everything = { preVote: true, checkQuorum: true, leaderStickiness: true };

  it.each([
    ['with no switch on', {}],
    ['under pre-vote, check-quorum and stickiness', everything],
  ])('%s: the other leads the very next term, within two round trips', (_, config) => {
    const play = new Play(config);
    const before = play.lead;
    const to = play.follower(2);
    play.act({ type: 'transfer', from: before.leader, to }).run(110);
    expect(play.lead).toEqual({ leader: to, term: before.term + 1 });
    expect(play.node(before.leader)).toMatchObject({ role: 'follower', transferTo: undefined });
  });

  it('to one that lacks entries: it is caught up first, and no write is lost or doubled', () => {
    const play = new Play(everything);
    const { leader } = play.lead;
    const to = play.follower(1);
    play.act({ type: 'isolate', node: to });
    for (let number = 0; number < 8; number++) play.act(write(number)).run(20);
    play.run(300).act(heal, { type: 'transfer', from: leader, to });
    expect(play.node(to).log.size).toBeLessThan(play.node(leader).log.size);
    for (let number = 8; number < 16; number++) play.act(write(number)).run(20);
    play.run(3_000);
    expect(play.lead.leader).toBe(to);
    expect(play.view.requests.map(({ fate }) => fate?.type).toArray()).toEqual(Array(16).fill('committed'));
    const written = play.node(to).store.get('x') ?? '';
    expect(written).toHaveLength('0123456789101112131415'.length);
    expect(play.said()).toContain('is handing its lead over');
  });

  it('to one that is stopped: the leader gives up after an election timeout, leads on, and takes writes again', () => {
    const play = new Play(everything);
    const before = play.lead;
    const to = play.follower();
    play.act({ type: 'kill', node: to }, { type: 'transfer', from: before.leader, to }).run(100);
    expect(play.node(before.leader).transferTo).toBe(to);
    play.act(write(1)).run(1_000);
    expect(play.lead).toEqual(before);
    expect(play.node(before.leader).transferTo).toBeUndefined();
    expect(play.said()).toContain(`${before.leader} leads on: ${to} has not taken the lead over in time`);
    expect(play.view.requests.first()?.fate).toMatchObject({ type: 'committed' });
  });

  it('asked of one that does not lead, or twice, is refused with a reason', () => {
    const play = new Play({});
    const { leader } = play.lead;
    const [one, two] = [play.follower(0), play.follower(1)];
    play.act({ type: 'transfer', from: one, to: two }, { type: 'transfer', from: leader, to: one });
    play.act({ type: 'transfer', from: leader, to: two });
    const refused = play.events.flatMap(({ actor, event }) =>
      event.type === 'transfer-refused' ? [`${actor} to ${event.to}: ${event.reason}`] : [],
    );
    expect(refused).toEqual([`${one} to ${two}: not-leader`, `${leader} to ${two}: under-way`]);
  });
});
