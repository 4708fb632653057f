import { describe, expect, test } from 'vitest';
import { OneNode, preVoteReply } from './one-node.ts';

const five = ['n1', 'n2', 'n3', 'n4', 'n5'];
const asking = { config: { preVote: true } };

describe('thesis 9.6: an answer to who would stand', () => {
  test('counts once, and only while it asks, and only for the term that it asks about', () => {
    const one = new OneNode({ ...asking, members: five, term: 4 }).timeOut();
    one.receive('n2', preVoteReply(4, 5)).receive('n2', preVoteReply(4, 5));
    expect(one.event('message-ignored')).toMatchObject({ from: 'n2', rule: 'late-reply' });
    one.receive('n3', preVoteReply(3, 4));
    expect(one.event('message-ignored')).toMatchObject({ from: 'n3', rule: 'late-reply' });
    expect(one.node.role).toBe('pre-candidate');
    const follower = new OneNode({ ...asking, term: 4 }).receive('n2', preVoteReply(4, 5));
    expect(follower.event('message-ignored')).toMatchObject({ rule: 'late-reply' });
  });

  test('of a node in an older term counts as well: that one would come along', () => {
    const one = new OneNode({ ...asking, term: 4 }).timeOut().receive('n2', preVoteReply(2, 5));
    expect([one.node.role, one.node.term]).toEqual(['candidate', 5]);
  });

  test('of a node in a higher term tells that term', () => {
    const one = new OneNode({ ...asking, term: 4 }).timeOut().receive('n2', preVoteReply(9, 5, false));
    expect([one.node.role, one.node.term]).toEqual(['follower', 9]);
  });

  test('does not pass for a vote', () => {
    const one = new OneNode().timeOut().flush().receive('n2', preVoteReply(1, 2)).receive('n3', preVoteReply(1, 1));
    expect([one.node.role, one.node.votes.size]).toEqual(['candidate', 1]);
  });
});
