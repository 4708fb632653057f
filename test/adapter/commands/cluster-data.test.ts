import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from './free-ports.ts';
import { RunningCommand, whitewater, type Ended } from './whitewater.ts';

const isLinux = process.platform === 'linux';

let folder = '';
let first = 0;
let command: RunningCommand;
/** Processes that a test has orphaned. */
const orphans: number[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitewater-data-'));
  first = await freePorts(5);
  command = await begun();
}, 60_000);
afterAll(async () => {
  await command.end();
  for (const pid of orphans) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true });
});

/** The cluster of the folder, once it has a leader. */
async function begun(): Promise<RunningCommand> {
  const args = ['--data', folder, `--port=${first - 1}`, '--election-timeout=150-300', '--faults', '--json'];
  const started = new RunningCommand(['cluster', ...args]);
  await started.fact('ready');
  return started;
}

function listening({ out }: RunningCommand): readonly unknown[] {
  const facts = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly node?: string });
  return facts.flatMap(({ type, node }) => (type === 'listening' ? [node] : []));
}

function ask(...args: readonly string[]): Promise<Ended> {
  return whitewater([...args, '--url', `127.0.0.1:${first},127.0.0.1:${first + 1}`]);
}

/** Asks until the cluster is ready to do it. */
async function done(...args: readonly string[]): Promise<Ended> {
  return eventually(`${args.join(' ')} is done`, async () => {
    const ended = await ask(...args);
    return ended.code === 0 ? ended : undefined;
  });
}

/** Settles when the folder says that these, and no others, are to be started the next time. */
async function becomesRemembered(...running: readonly string[]): Promise<void> {
  await eventually('it is written down', async () => {
    const text = await readFile(join(folder, 'processes.json'), 'utf8');
    return text === `${JSON.stringify({ running })}\n` ? true : undefined;
  });
}

describe('a cluster that keeps its data', { timeout: 60_000 }, () => {
  it('starts a process for a node that is added, and remembers it', async () => {
    const watching = new RunningCommand(['watch', '--recent', '--url', `127.0.0.1:${first}`]);
    expect(await done('member', 'add', 'n4')).toMatchObject({ out: 'n4 was started, and is being added.\n' });
    await eventually('it is watched, too', () => (watching.out.includes('n4 starts as') ? true : undefined));
    expect(await watching.end()).toMatchObject({ code: 0, note: '' });
    const { note } = await ask('member', 'add', 'n4');
    expect(note).toMatch(/n4 is that already|is not committed yet/);
    await becomesRemembered('n1', 'n2', 'n3', 'n4');
  });

  it('remembers none that could not be started', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(first + 4, '127.0.0.1', resolve);
    });
    const { code, note } = await ask('member', 'add', 'n5');
    server.close();
    expect({ code, note }).toEqual({
      code: 1,
      note: `n5 cannot listen at 127.0.0.1:${first + 4}: something else does already.\n`,
    });
    await becomesRemembered('n1', 'n2', 'n3', 'n4');
  });

  it('forgets one that is removed', async () => {
    await done('member', 'remove', 'n3');
    await becomesRemembered('n1', 'n2', 'n4');
  });

  it('cuts links by the way of the playground', async () => {
    const shell = (...lines: readonly string[]): Promise<Ended> =>
      whitewater(['shell', '--url', `127.0.0.1:${first}`], {}, lines.map((line) => `${line}\n`).join(''));
    const cut = await shell('isolate 4', 'cut 1 4');
    expect(cut).toMatchObject({ code: 1, out: 'Done: isolate n4.\n' });
    // Who did not cut them heals them, too.
    expect(await shell('heal', 'loss 10%', 'loss 0%', 'heal')).toMatchObject({
      code: 1,
      out: 'Done: heal all links.\nDone: set all links to loss 10 %.\nDone: set all links to loss 0 %.\n',
    });
  });

  it('says which process has its data, where one stands still and outlives it', async () => {
    const processes = await fetch(`http://127.0.0.1:${first}/processes/n4/pause`, { method: 'POST' });
    const told = (await processes.json()) as { readonly processes: readonly { node: string; pid: number }[] };
    const pid = told.processes.find(({ node }) => node === 'n4')?.pid ?? 0;
    orphans.push(pid);
    await command.end('SIGKILL');
    const again = async (): Promise<Ended> => whitewater(['cluster', '--data', folder, `--port=${first - 1}`]);
    const sentence = `The data of n4 in ${folder} is in use by process ${pid}, which was stopped and does not end by itself: kill -9 ${pid} ends it.\n`;
    await eventually('the others have ended by themselves', async () => {
      const { code, note } = isLinux ? await again() : { code: 2, note: sentence };
      expect(code).toBe(2);
      return note === sentence ? true : undefined;
    });
    process.kill(pid, 'SIGKILL');
    orphans.pop();
  });

  it('goes on with those that belong to it, and with no others', async () => {
    command = await begun();
    expect(listening(command)).toEqual(['n1', 'n2', 'n4']);
    const more = await whitewater(['cluster', '--data', folder, '--nodes=5']);
    expect(more).toMatchObject({ code: 2, out: '' });
    expect(more.note).toContain('began with 3 nodes: leave --nodes out');
    if (isLinux) {
      const twice = await whitewater(['cluster', '--data', folder, `--port=${first + 10}`]);
      expect(twice.note).toMatch(
        /^The data of n1 in .* is in use by process \d+: end that, or what started it, first\.\n$/,
      );
    }
  });

  it('takes a node back that was removed', async () => {
    expect(await done('member', 'add', 'n3')).toMatchObject({ out: 'n3 was started, and is being added.\n' });
    await becomesRemembered('n1', 'n2', 'n4', 'n3');
    const { code, note } = await command.end();
    expect({ code, note }).toEqual({ code: 0, note: '' });
  });
});

describe('a cluster whose output nobody reads any more', () => {
  it('ends, and leaves nothing behind', { timeout: 30_000 }, async () => {
    const port = await freePorts(2);
    const alone = new RunningCommand(['cluster', '--nodes=1', `--port=${port - 1}`, '--json']);
    const { folder: temporary } = await alone.fact('data');
    alone.child.stdout?.destroy();
    // Its next word finds that out.
    await fetch(`http://127.0.0.1:${port}/health`);
    expect(await alone.ended).toMatchObject({ code: 0 });
    await expect(readFile(join(String(temporary), 'cluster.yml'))).rejects.toThrow('ENOENT');
  });
});
