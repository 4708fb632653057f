import { expect, test } from 'vitest';
import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { parseCommandLine } from '../../src/cluster/command-language.ts';
import { runCommand } from '../../src/cluster/run-command.ts';
import { speedInWords } from '../../src/cluster/speed.ts';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** Runs lines one after another on a simulated cluster with a leader; what each of them says. */
async function transcript(lines: readonly string[]): Promise<readonly string[]> {
  const control = createSimulatedCluster({ seed: 11 });
  await control.advanceTo(1_000);
  const said: string[] = [];
  for (const line of lines) said.push(await say(control, line));
  await control.dispose();
  return said;
}

async function say(control: ClusterControl, line: string): Promise<string> {
  const parsed = parseCommandLine(line, nodes);
  if ('error' in parsed) return parsed.error;
  const answer = runCommand(control, parsed.command).catch((error: unknown) => `! ${(error as Error).message}`);
  if (parsed.command.type === 'operation') {
    const { clock } = await control.status();
    await control.advanceTo(clock.nowUs / 1_000 + 6_000);
  }
  return answer;
}

test('every operation tells what came of it', async () => {
  const lines = ['x=5', 'get x', 'append x 7', 'cas x 5 6', 'cas x 57 6', 'cas y none 1', 'del x', 'get x', '"a b"=""'];
  expect(await transcript(lines)).toEqual([
    'x is 5.',
    'x is 5.',
    'x is 57.',
    'Nothing was written: x is 57.',
    'x is 6.',
    'y is 1.',
    'x is no longer there.',
    'There is no key x.',
    '"a b" is "".',
  ]);
});

test('every action tells what it did, and undo what it undid', async () => {
  const dead = ['kill 3', 'kill 3', 'restore 3', 'copy 3', 'restore 3', 'undo', 'undo', 'undo'];
  const lines = [...dead, 'cut 1 > 2', 'cut 4 5', 'heal', 'split 1 2 | 3 4 5', 'heal', 'isolate 2'];
  expect(await transcript(lines)).toEqual([
    'n3 is dead; what was not on its disk is lost.',
    '! n3 is down already.',
    "! There is no copy of n3's disk.",
    'A copy of n3’s disk is put aside.',
    'n3’s disk is its copy again: n3 will not remember what it promised since.',
    'Undone: let the disk of n3 be its copy again.',
    'Undone: put a copy of the disk of n3 aside.',
    'Undone: kill n3.',
    'Cut: n1 → n2.',
    'Cut: n4 – n5.',
    'All links are healed.',
    'The cluster is split: n1 n2 | n3 n4 n5.',
    'All links are healed.',
    'n2 is cut off from all others.',
  ]);
});

test('links, disks and the clock are told with their figures', async () => {
  const lines = ['latency 40 10', 'loss 12.5% on 1 2', 'duplicate 5%', 'disk 50 on 2', 'speed 1/10', 'pause', 'undo'];
  expect(await transcript(lines)).toEqual([
    'Every link now takes 40 ± 10 ms.',
    'The link n1 – n2 now loses 12.5% of its messages.',
    'Every link now doubles 5% of its messages.',
    'A write to the disk of n2 now takes 50 ms.',
    'The clock runs at 1/10 of real time.',
    'Virtual time stands still.',
    'Undone: set the disk of n2 to 50 ms.',
  ]);
});

test('without a majority a write is unknown, and the sentence says that it may still happen', async () => {
  const [, , , said] = await transcript(['kill 1', 'kill 2', 'kill 3', 'x=1']);
  expect(said).toMatch(/^set x 1 (failed: |may or may not happen: )/);
});

test('a step says what happened, in the words of the timeline', async () => {
  const said = await transcript(['step', 'step']);
  expect(said).toEqual([
    "n3 answers n2's heartbeat: it agrees up to index 1.",
    "n1 answers n2's heartbeat: it agrees up to index 1.",
  ]);
});

test.each([
  [0.001, '1/1000 of real time'],
  [0.1, '1/10 of real time'],
  [0.34, '1/2.9 of real time'],
  [1, 'real time'],
  [20, '20 times real time'],
])('a speed of %f is read as %s', (speed, words) => {
  expect(speedInWords(speed)).toBe(words);
});

test('snapshot lets a node take one, and says why where that would change nothing', async () => {
  const control = createSimulatedCluster({ seed: 11 });
  expect(await say(control, 'snapshot 3')).toBe('! n3 has applied nothing that a snapshot could hold.');
  await control.advanceTo(1_000);
  expect(await say(control, 'snapshot 3')).toBe('n3 takes a snapshot of what it has applied.');
  expect(await say(control, 'snapshot 3')).toBe('! n3 has applied nothing since its last snapshot, up to index 1.');
});

test('transfer lets whoever leads hand its lead over, and says why where that cannot be', async () => {
  const control = createSimulatedCluster({ seed: 11 });
  expect(await say(control, 'transfer 3')).toBe('! Nobody leads, so there is no lead to hand over.');
  await control.advanceTo(1_000);
  const { leader = 'n1' } = await control.status();
  const other = nodes.find((node) => node !== leader) ?? 'n2';
  expect(await say(control, `transfer ${leader}`)).toBe(`! ${leader} leads already.`);
  expect(await say(control, `transfer ${other}`)).toBe(`The leader hands its lead over to ${other}, if it can.`);
  await control.advanceTo(1_200);
  expect((await control.status()).leader).toBe(other);
  const { actions } = await control.run();
  expect(actions.map(({ action }) => action)).toEqual([{ type: 'transfer', from: leader, to: other }]);
  await control.undo();
  expect((await control.status()).leader).toBe(leader);
  await control.dispose();
});
