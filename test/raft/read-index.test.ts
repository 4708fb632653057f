import { describe, expect, test } from 'vitest';
import { OneNode, echo, requestVote, success } from './one-node.ts';

const answer = (token: number, index: number | undefined, term = 1) =>
  ({ type: 'read-index-reply', term, token, index }) as const;

describe('thesis 6.4: a leader that is asked for its read index', () => {
  const question = { type: 'read-index', term: 1, token: 77 } as const;
  const leader = (): OneNode => new OneNode().lead().flush().receive('n2', success(1, 1));

  test('answers as it would its own reads: once a majority has confirmed that it leads', () => {
    const one = leader().receive('n3', question);
    expect(one.rounds).toEqual({ n2: 1, n3: 1 });
    expect(one.receive('n2', echo(1, 1, 1)).all('send')).toEqual([
      { type: 'send', to: 'n3', message: answer(77, 1), afterSequence: 0 },
    ]);
  });

  test('answers a question that is repeated once, and again if that answer was lost', () => {
    const one = leader().receive('n3', question).receive('n3', question);
    expect(one.event('message-ignored').rule).toBe('late-reply');
    expect(one.node.waitingReads).toBe(1);
    one.receive('n2', echo(1, 1, 1)).receive('n3', question);
    expect(one.rounds).toEqual({ n2: 2, n3: 2 });
  });

  test('forgets what a follower asked before: it asks one thing at a time', () => {
    const one = leader()
      .receive('n3', question)
      .receive('n3', { ...question, token: 78 });
    expect(one.node.waitingReads).toBe(1);
    one.timeOut().receive('n2', echo(1, 1, 2));
    expect(one.sent['n3']).toEqual(answer(78, 1));
  });

  test('says that it cannot tell, when its lead ends, and when it does not lead', () => {
    const deposed = leader()
      .receive('n3', question)
      .receive('n2', requestVote(2, 1, 1));
    expect(deposed.all('send').find(({ to }) => to === 'n3')?.message).toEqual(answer(77, undefined, 2));
    expect(new OneNode({ term: 1 }).receive('n3', question).sent['n3']).toEqual(answer(77, undefined));
  });
});
