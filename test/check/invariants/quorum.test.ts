import { describe, expect, it } from 'vitest';
import { isQuorum, MAX_MEMBERS, quorumApart } from '../../../src/check/invariants/quorum.ts';
import { configurationOf, type Configuration } from '../../../src/raft/configuration.ts';

const of = (...voters: string[]): Configuration => configurationOf(voters);
const jointly = (voters: string[], outgoing: string[]): Configuration => ({ ...configurationOf(voters), outgoing });

describe('§6 a quorum', () => {
  it('is more than half of the voters, and of nobody there is none', () => {
    expect(isQuorum(of('n1', 'n2', 'n3', 'n4'), new Set(['n1', 'n2']))).toBe(false);
    expect(isQuorum(of('n1', 'n2', 'n3', 'n4'), new Set(['n1', 'n2', 'n4']))).toBe(true);
    expect(isQuorum(of('n1', 'n2', 'n3'), new Set(['n1', 'n4', 'n5']))).toBe(false);
    expect(isQuorum(of(), new Set(['n1']))).toBe(false);
  });

  it('is a majority of both where two configurations hold jointly', () => {
    const joint = jointly(['n3', 'n4', 'n5'], ['n1', 'n2', 'n3']);
    expect(isQuorum(joint, new Set(['n3', 'n4']))).toBe(false);
    expect(isQuorum(joint, new Set(['n2', 'n3', 'n4']))).toBe(true);
  });

  it('of one configuration meets each of the next where one voter comes or goes, and need not where two do', () => {
    expect(quorumApart(of('n1', 'n2', 'n3'), of('n1', 'n2', 'n3', 'n4'))).toBeUndefined();
    expect(quorumApart(of('n1', 'n2', 'n3', 'n4'), of('n1', 'n2', 'n3'))).toBeUndefined();
    const some = quorumApart(of('n1', 'n2', 'n3'), of('n1', 'n2', 'n3', 'n4', 'n5'));
    expect(some?.length).toBe(2);
  });

  it('meets each of the next where more voters change by way of a joint configuration', () => {
    const [before, next] = [
      ['n1', 'n2', 'n3'],
      ['n3', 'n4', 'n5'],
    ];
    expect(quorumApart(of(...before), jointly(next, before))).toBeUndefined();
    expect(quorumApart(jointly(next, before), of(...next))).toBeUndefined();
    expect(quorumApart(of(...before), of(...next))).toBeDefined();
  });

  it('is not looked for among more members than can be gone through', () => {
    const many = Array.from({ length: MAX_MEMBERS + 1 }, (_, place) => `n${place + 1}`);
    expect(quorumApart(of('n1'), of('n2', ...many.slice(2, -1)))).toBeDefined();
    expect(quorumApart(of(...many), of('n1'))).toBeUndefined();
  });
});
