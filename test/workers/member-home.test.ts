import { expect, it, vi } from 'vitest';
import { StorageError } from '../../src/host/ports.ts';
import { NodeDriver } from '../../src/host/node-driver.ts';
import type { LevelStorage } from '../../src/storage/level-storage.ts';
import { openMemoryStorage } from '../../src/storage/memory-storage.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { MAX_WAITING_MESSAGES, MemberHome } from '../../workers/member-home.ts';
import type { FromMember, MemberEnvelope } from '../../workers/member-protocol.ts';
import { eventually } from '../support/eventually.ts';

async function started(): Promise<{
  readonly home: MemberHome;
  readonly told: FromMember[];
  readonly storage: LevelStorage;
}> {
  const storage = await openMemoryStorage({ cluster: 'c', node: 'n30' });
  const told: FromMember[] = [];
  const start = { type: 'start', node: 'n30', cluster: 'c', database: 'd', config: defaultRunConfig } as const;
  const recovered = await storage.load();
  const home = await MemberHome.start({ ...start, hasBegun: false }, storage, recovered, (message) =>
    told.push(message),
  );
  return { home, told, storage };
}

function entry(index: number): MemberEnvelope {
  const entries = [{ type: 'no-op', index, term: 1 }] as const;
  const append = {
    type: 'append-entries',
    term: 1,
    prevLogIndex: 0,
    prevLogTerm: 0,
    leaderCommit: 0,
    round: 1,
  } as const;
  return { messageId: `n1.1.${index}`, from: 'n1', to: 'n30', message: { ...append, entries } };
}

const failures = (told: readonly FromMember[]): readonly string[] =>
  told.flatMap((message) => (message.type === 'failed' ? [message.sentence] : []));

it('a member in a tab answers the leader when what it was told is in its database', async () => {
  const { home, told } = await started();
  home.receive(entry(1));
  const sent = await eventually('its answer', () => told.find(({ type }) => type === 'send'));
  expect(sent).toMatchObject({ envelope: { to: 'n1', message: { type: 'append-entries-reply', success: true } } });
  await home.stop();
});

it('a member in a tab whose database fails stops, says so once, and answers nothing', async () => {
  const { home, told, storage } = await started();
  const write = vi.spyOn(storage, 'write').mockRejectedValue(new StorageError('full', 'n30’s disk is full.'));
  home.receive(entry(1));
  await eventually('it has stopped', () => failures(told)[0]);
  home.receive(entry(2));
  await new Promise((resolve) => setTimeout(resolve));
  expect(failures(told)).toEqual(['n30’s disk is full.']);
  expect(told.some(({ type }) => type === 'send')).toBe(false);
  expect(write).toHaveBeenCalledTimes(1);
});

it('a member in a tab whose code throws stops visibly, and closes its database', async () => {
  const { home, told, storage } = await started();
  const close = vi.spyOn(storage, 'close');
  vi.spyOn(NodeDriver.prototype, 'handle').mockImplementationOnce(() => {
    throw new Error('entry 7 is missing.');
  });
  home.receive(entry(1));
  await eventually('it has stopped', () => failures(told)[0]);
  expect(failures(told)).toEqual(['n30 stopped: entry 7 is missing.']);
  expect(close).toHaveBeenCalled();
});

it(`a member in a tab keeps the last ${MAX_WAITING_MESSAGES} messages for its next turn`, async () => {
  const { home } = await started();
  const handle = vi.spyOn(NodeDriver.prototype, 'handle');
  for (let index = 1; index <= MAX_WAITING_MESSAGES + 5; index++) home.receive(entry(1));
  const inputs = await eventually('its turn', () => handle.mock.calls.find(([, given]) => given.length > 1)?.[1]);
  expect(inputs.filter(({ type }) => type === 'received')).toHaveLength(MAX_WAITING_MESSAGES);
  handle.mockRestore();
  await home.stop();
});
