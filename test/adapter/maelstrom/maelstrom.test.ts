import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkHistory, DEFAULT_SEARCH_LIMITS } from '../../../src/check/linearizability/check-history.ts';
import type { MaelstromBody } from '../../../src/adapter/maelstrom/maelstrom-line.ts';
import { MaelstromClients } from './maelstrom-clients.ts';
import { MaelstromNet } from './maelstrom-net.ts';

let net: MaelstromNet | undefined;
let folder: string | undefined;

afterEach(async () => {
  await net?.end();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  net = undefined;
  folder = undefined;
});

describe('A node of Maelstrom', () => {
  it(
    'answers what it is asked, and tells apart what did not happen from what may have',
    { timeout: 60_000 },
    async () => {
      net = new MaelstromNet({ nodes: 3, seed: 1 });
      await net.begin();
      const asked = net;
      const ask = (node: string, body: MaelstromBody): Promise<MaelstromBody | undefined> =>
        asked.ask('c1', node, body);
      expect(await ask('n0', { type: 'write', key: 1, value: { any: ['JSON', null] } })).toMatchObject({
        type: 'write_ok',
      });
      expect(await ask('n1', { type: 'read', key: 1 })).toMatchObject({
        type: 'read_ok',
        value: { any: ['JSON', null] },
      });
      expect(await ask('n2', { type: 'cas', key: 1, from: 5, to: 6 })).toMatchObject({ type: 'error', code: 22 });
      expect(await ask('n2', { type: 'cas', key: 2, from: 5, to: 6 })).toMatchObject({ type: 'error', code: 20 });
      expect(await ask('n1', { type: 'read', key: '1' })).toMatchObject({ type: 'error', code: 20 });
      expect(await ask('n1', { type: 'txn' })).toMatchObject({ type: 'error', code: 10 });
      expect(await ask('n1', { type: 'write', key: 1 })).toMatchObject({ type: 'error', code: 12 });
      expect(await ask('n1', { type: 'write', key: 'k'.repeat(300), value: 1 })).toMatchObject({ code: 12 });
      // Nobody takes it where nobody can lead; whoever leads alone takes it, and can never say.
      net.groups = [['n0'], ['n1'], ['n2']];
      const answers = await Promise.all(net.ids.map((node) => ask(node, { type: 'write', key: 9, value: node })));
      for (const answer of answers) expect([0, 11]).toContain(answer?.['code']);
      expect(answers.some((answer) => answer?.['code'] === 0)).toBe(true);
      expect(await net.end()).toEqual([0, 0, 0]);
      net = undefined;
    },
  );

  it('keeps a history linearizable whatever its network and its process suffer', { timeout: 90_000 }, async () => {
    folder = await mkdtemp(join(tmpdir(), 'whitewater-maelstrom-'));
    const rough = new MaelstromNet({ nodes: 3, seed: 7, data: folder, patienceMs: 600 });
    net = rough;
    await rough.begin();
    const clients = new MaelstromClients(rough);
    await clients.during(6, 7, async () => {
      rough.loss = 0.05;
      rough.delayMs = 30;
      await clients.more(40);
      rough.groups = [['n0'], ['n1', 'n2']];
      await clients.more(30);
      rough.groups = [['n0', 'n1'], ['n2']];
      await clients.more(30);
      rough.groups = [];
      await rough.kill('n1');
      await rough.start('n1');
      await clients.more(40);
    });
    const { history, told } = clients;
    const counts = JSON.stringify({ told, lines: rough.counts });
    expect(told.ok, counts).toBeGreaterThan(60);
    expect(told.indefinite, counts).toBeGreaterThan(0);
    expect(Math.min(rough.counts.lost, rough.counts.cut), counts).toBeGreaterThan(10);
    const verdict = checkHistory(history, { initial: undefined, limits: DEFAULT_SEARCH_LIMITS });
    expect(verdict.type).toBe('linearizable');
  });
});
