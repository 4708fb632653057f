import { afterEach, describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../../src/cluster/cluster-control.ts';
import type { MemberFactory } from '../../../src/cluster/remote/member-factory.ts';
import { seen } from '../../support/seen.ts';
import { AttachedNodes } from './attached-nodes.ts';

/** Nodes in pages that hear everything and say nothing: learners need not. */
class SilentMembers implements MemberFactory {
  forgotten: string[] = [];
  known: string | undefined;

  remembered(): string | undefined {
    return this.known;
  }

  async start(node: string) {
    this.known = node;
    return {
      node,
      receive: () => undefined,
      portray: () => undefined,
      stop: async () => undefined,
      forget: async () => {
        this.known = undefined;
        this.forgotten.push(node);
      },
    };
  }
}

/** Gives these numbers, and the last one again and again. */
function drawing(...numbers: readonly number[]): () => number {
  const rest = [...numbers];
  return () => (rest.length > 1 ? rest.shift() : rest[0]) ?? 0;
}

describe('The name of a node in a page', () => {
  const nodes = new AttachedNodes(['n1', 'n2', 'n3']);
  afterEach(() => nodes.end());

  const ids = ({ nodes: all }: ClusterStatus): string => all.map(({ id }) => id).join(' ');

  it('is drawn again where another page has it, and is gone from all pages once its tab has left', async () => {
    await nodes.begin();
    const [first, second] = [new SilentMembers(), new SilentMembers()];
    const one = await nodes.attach('n1', undefined, { members: first, random: drawing(0.5, 0.5, 0.25) });
    // Neither has heard of the other's node when it draws its name.
    const two = await nodes.attach('n2', undefined, { members: second, random: drawing(0.5, 0.5, 0.75) });
    for (const page of [one, two]) await seen(page, 'somebody leads', ({ leader }) => leader !== undefined);
    const [a, b] = await Promise.all([one.join(false), two.join(false)]);
    expect(a).not.toBe(b);
    expect(['n325', 'n775'].some((name) => [a, b].includes(name))).toBe(true);
    const all = ['n1', 'n2', 'n3', ...[a, b].sort()].join(' ');
    for (const page of [one, two]) {
      await seen(page, 'both are learners', (now) => now.configuration.learners.length === 2);
      await seen(page, 'both are shown', (now) => ids(now) === all);
    }
    await one.leave();
    for (const page of [one, two]) await seen(page, 'it is gone', (now) => ids(now) === `n1 n2 n3 ${b}`);
    await two.leave();
    for (const page of [one, two]) await seen(page, 'both are gone', (now) => ids(now) === 'n1 n2 n3');
    expect([...first.forgotten, ...second.forgotten].sort()).toEqual([a, b].sort());
    expect((await one.events()).some(({ event }) => event.type === 'action' && event.action.type === 'kill')).toBe(
      false,
    );
  });

  it('is given back where the cluster does not take it in', async () => {
    await nodes.begin();
    const members = new SilentMembers();
    const page = await nodes.attach('n1', undefined, { members });
    const { leader = '' } = await seen(page, 'somebody leads', ({ leader: who, nodes: all }) =>
      all.some(({ id, commitIndex }) => id === who && commitIndex > 0),
    );
    await page.cut(
      ['n1', 'n2', 'n3'].flatMap((from) => ['n1', 'n2', 'n3'].flatMap((to) => (from === to ? [] : [{ from, to }]))),
    );
    // A change of the membership that cannot be committed is under way, so there cannot be another one.
    await page.demote(['n1', 'n2', 'n3'].find((node) => node !== leader) ?? '');
    await expect(page.join(false)).rejects.toThrow(/\.$/);
    expect(members.known).toBeUndefined();
    await seen(page, 'nothing of it is shown', (now) => ids(now) === 'n1 n2 n3');
    expect((await page.status()).clock.real?.member).toBeUndefined();
  });
});
