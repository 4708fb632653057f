import { expect, it } from 'vitest';
import type { MemberFactory, PageMember } from '../../../src/cluster/remote/member-factory.ts';
import { RemoteMember } from '../../../src/cluster/remote/remote-member.ts';
import type { Introduction, RemoteNodes } from '../../../src/cluster/remote/remote-nodes.ts';
import { defaultRunConfig } from '../../../src/timeline/run-config.ts';

/** Nodes that let in whoever comes. */
const nodes = {
  join: async () => undefined,
  part: () => undefined,
  tell: () => undefined,
  world: undefined,
} as unknown as RemoteNodes;

it('a page that lets go of its cluster while its node starts waits for it, and stops it', async () => {
  let begin = (): void => undefined;
  const stopped: string[] = [];
  const member = (node: string): PageMember =>
    ({ node, stop: async () => void stopped.push(node) }) as unknown as PageMember;
  const factory: MemberFactory = {
    remembered: () => 'n30',
    start: (node) =>
      new Promise((resolve) => {
        begin = () => resolve(member(node));
      }),
  };
  const introduction = { cluster: 'c', config: defaultRunConfig } as Introduction;
  const own = new RemoteMember({ nodes, introduction, factory, onFailure: () => undefined });
  const starting = own.start('n30');
  await expect(own.start('n31')).rejects.toThrow('This page is a member already.');
  const stopping = own.stop();
  begin();
  expect(await starting).toBe('n30');
  await stopping;
  expect(stopped).toEqual(['n30']);
  expect(own.node).toBeUndefined();
});
