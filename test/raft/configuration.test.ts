import { expect, test } from 'vitest';
import { configurationsIn } from '../../src/raft/placed-configuration.ts';
import { configurationOf, isJoint, isVoter, membersOf } from '../../src/raft/configuration.ts';
import { configurationEntry, entry, logOf, OneNode } from './one-node.ts';

const joint = { voters: ['n1', 'n4'], outgoing: ['n1', 'n2'], learners: ['n2', 'n9'], leavesByItself: true };

test('§6: in a joint configuration the old voters vote as well as the new ones, and learners do not', () => {
  expect([isJoint(joint), isJoint(configurationOf(['n1']))]).toEqual([true, false]);
  expect(['n1', 'n2', 'n4', 'n9', 'n5'].map((id) => isVoter(joint, id))).toEqual([true, true, true, false, false]);
});

test('everybody who gets the log is a member, once', () => {
  expect(membersOf(joint)).toEqual(['n1', 'n4', 'n2', 'n9']);
  expect(membersOf(configurationOf([]))).toEqual([]);
});

test('configurations are found among entries, with their places', () => {
  const first = configurationEntry(2, 1, { voters: ['n1'] });
  const second = configurationEntry(4, 2, joint);
  const found = configurationsIn([entry(1, 1), first, entry(3, 2), second]);
  expect(found).toEqual([
    { index: 2, configuration: configurationOf(['n1']) },
    { index: 4, configuration: joint },
  ]);
});

test('thesis 4.1: a node goes by the last configuration in its log, by those that it was born with where there is none', () => {
  const log = [...logOf(1), configurationEntry(2, 1, { voters: ['n1', 'n2'] }), configurationEntry(3, 1, joint)];
  expect(new OneNode().node.configuration).toEqual(configurationOf(['n1', 'n2', 'n3']));
  expect(new OneNode({ members: [] }).node.configuration).toEqual(configurationOf([]));
  const one = new OneNode({ term: 1, log });
  expect([one.node.configuration, one.node.configurationIndex, one.node.commitIndex]).toEqual([joint, 3, 0]);
});
