import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { program, RunningCommand, startedCluster, whitewater, type Ended } from './whitewater.ts';

let command: RunningCommand;
let urls: readonly string[] = [];
let firstLeader = '';

beforeAll(async () => {
  ({ command, urls, leader: firstLeader } = await startedCluster(3, ['--election-timeout', '150-300']));
}, 60_000);
afterAll(() => command.end());

/** A command that asks the cluster. */
function ask(...args: readonly string[]): Promise<Ended> {
  return whitewater([...args, '--url', urls.join(',')]);
}

interface Processes {
  readonly processes: readonly { readonly node: string; readonly status: string; readonly pid?: number }[];
}

describe('whitewater cluster', { timeout: 60_000 }, () => {
  it('keeps keys, on whichever node they are asked for', async () => {
    expect(await ask('put', 'a/b ü', 'one two')).toMatchObject({ code: 0, note: '' });
    for (const url of urls) {
      expect(await whitewater(['get', 'a/b ü', '--url', url])).toEqual({ code: 0, out: 'one two\n', note: '' });
    }
    expect((await ask('append', 'a/b ü', '!')).code).toBe(0);
    expect(await ask('cas', 'a/b ü', 'something else', 'x')).toEqual({
      code: 1,
      out: 'Not done: the key holds "one two!".\n',
      note: '',
    });
    expect((await ask('cas', 'a/b ü', 'one two!', 'x')).code).toBe(0);
    const read = await ask('get', 'a/b ü', '--json', '--via', 'log');
    expect(JSON.parse(read.out)).toMatchObject({ key: 'a/b ü', value: 'x', via: 'log' });
    expect((await ask('del', 'a/b ü')).code).toBe(0);
    expect(await ask('get', 'a/b ü')).toEqual({ code: 1, out: '', note: 'a/b ü is absent.\n' });
  });

  it('tells how its nodes are, and who they are', async () => {
    const { out } = await ask('status', '--json');
    expect(JSON.parse(out)).toMatchObject({ leader: firstLeader, nodes: [{ id: 'n1' }, { id: 'n2' }, { id: 'n3' }] });
    expect((await ask('member', 'list')).out).toMatch(/^node {2}role/);
  });

  it('goes on when its leader is killed from outside, and takes it back', async () => {
    const at = (urls.length + Number(firstLeader.slice(1)) - 1) % urls.length;
    const other = urls[(at + 1) % urls.length] ?? '';
    const killed = await fetch(`${other}/processes/${firstLeader}/kill`, { method: 'POST' });
    expect(killed.status).toBe(200);
    const down = (await killed.json()) as Processes;
    expect(down.processes.find(({ node }) => node === firstLeader)?.status).toBe('down');
    expect(await whitewater(['put', 'k', 'v', '--url', other])).toMatchObject({ code: 0 });
    const revived = await fetch(`${other}/processes/${firstLeader}/revive`, { method: 'POST' });
    expect(revived.status).toBe(200);
    await eventually('the node that was killed has the key', async () => {
      const read = await fetch(`${urls[at] ?? ''}/kv/k`, { headers: { 'whitewater-read': 'stale' } });
      return read.status === 200 ? true : undefined;
    });
  });

  it('tells what happens, as it happens, and what happened lately', async () => {
    const watching = new RunningCommand(['watch', '--recent', '--url', urls.join(',')]);
    await eventually('it tells of the election', () =>
      /became the leader|leads term/.test(watching.out) ? true : undefined,
    );
    await ask('put', 'watched', 'now');
    await eventually('it tells of the write', () => (watching.out.includes('watched') ? true : undefined));
    expect(await watching.end()).toMatchObject({ code: 0, note: '' });
    for (const line of watching.out.trim().split('\n')) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} n\d/);
  });

  it('is dumped into files, in the forms that another project reads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'whitewater-dump-'));
    await ask('put', 'name1', 'Sam\nSpade');
    expect((await ask('dump', folder)).code).toBe(0);
    const read = (node: string, file: string): Promise<string> => readFile(join(folder, node, file), 'utf8');
    const logs = await Promise.all(['n1', 'n2', 'n3'].map((node) => read(node, 'logs.txt')));
    for (const log of logs) {
      expect(log).toMatch(/^NO-OP \d+$/m);
      expect(log).toMatch(/^SET name1 Sam\\nSpade \d+$/m);
      expect(log).toMatch(/^DELETE a\/b ü \d+$/m);
    }
    const html = await readFile(join(folder, 'log.html'), 'utf8');
    expect(html).toMatch(/<th scope="col">n1<\/th><th scope="col">n2<\/th><th scope="col">n3<\/th>/);
    expect(html).toContain('stands for election');
    for (const node of ['n1', 'n2', 'n3']) {
      expect(await read(node, 'metadata.txt')).toMatch(/^\d+ \d+ (n\d|none)\n$/);
      expect(await read(node, 'dump.txt')).toMatch(new RegExp(`^${node} applies entry \\d+`, 'm'));
    }
    await rm(folder, { recursive: true });
  });

  it('is talked to in the grammar of the playground, a line at a time', async () => {
    const shell = (...lines: readonly string[]): Promise<Ended> =>
      whitewater(['shell', '--url', urls.join(',')], {}, lines.map((line) => `${line}\n`).join(''));
    const first = await shell(
      's=5',
      '# a remark',
      'get s',
      'append s 7',
      'cas s 57 8',
      'get s via log',
      'del s',
      'status',
    );
    expect(first).toMatchObject({ code: 0, note: '' });
    expect(first.out.replaceAll(/entry \d+/g, 'entry N')).toContain(
      'Done, at entry N.\n5\nDone, at entry N.\nDone, at entry N.\n8\nDone, at entry N.\nnode ',
    );
    expect(await shell('split 1 | 2 3', 's=6')).toEqual({
      code: 1,
      out: '',
      note: 'This cluster was not started with --faults: its links are as the network is.\n',
    });
    expect((await shell('put s')).code).toBe(2);
    expect(await shell('s=5', 'get s via stale on 2 not-before seen')).toMatchObject({ code: 0, note: '' });
    expect((await shell('gte s')).note).toContain('get');
    const processes = await shell('pause 3', 'resume 3', 'kill 3', 'revive 3', 'help kill');
    expect(processes).toMatchObject({ code: 0, note: '' });
    expect(processes.out).toContain('Done: revive n3.');
  });

  it('answers with a line of JSON for each command where that is asked for', async () => {
    const shell = async (...lines: readonly string[]): Promise<{ code: number | null; told: readonly unknown[] }> => {
      const input = lines.map((line) => `${line}\n`).join('');
      const { code, out } = await whitewater(['shell', '--json', '--url', urls.join(',')], {}, input);
      const told = out.trim().split('\n');
      return { code, told: told.map((line) => JSON.parse(line) as unknown) };
    };
    const index = expect.any(Number) as number;
    expect(await shell('j=5', 'get j via log', 'cas j 6 7', 'never done')).toEqual({
      code: 1,
      told: [
        { ok: true, index },
        { key: 'j', value: '5', index, via: 'log' },
        { ok: false, actual: '5' },
      ],
    });
    expect(await shell('status', 'kill 3', 'revive 3', 'help kill', 'snapshot 1', 'transfer 9')).toEqual({
      code: 2,
      told: [
        expect.objectContaining({ nodes: expect.any(Array) as unknown[] }),
        expect.objectContaining({ processes: expect.any(Array) as unknown[] }),
        expect.objectContaining({ processes: expect.any(Array) as unknown[] }),
        { commands: [expect.objectContaining({ usage: 'kill NODE' })] },
        { node: 'n1', index },
        { error: expect.stringContaining('9') as string },
      ],
    });
  });

  /** A terminal for who has none, which most of Linux has. */
  const terminal = '/usr/bin/script';

  it.runIf(process.platform === 'linux' && existsSync(terminal))(
    'completes words on a terminal, and remembers its lines',
    async () => {
      const home = await mkdtemp(join(tmpdir(), 'whitewater-home-'));
      const line = `'${process.execPath}' '${program}' shell --url ${urls[0] ?? ''}`;
      const child = spawn(terminal, ['-qec', line, '/dev/null'], { env: { ...process.env, XDG_STATE_HOME: home } });
      let shown = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        shown += text;
      });
      const type = async (keys: string, sight: string): Promise<void> => {
        shown = '';
        child.stdin.write(keys);
        await eventually(`it shows ${sight}`, () => (shown.includes(sight) ? true : undefined));
      };
      await type('', 'whitewater> ');
      await type('h=5\r', 'Done, at entry');
      await type('stat', 'stat');
      await type('\t', 'us');
      await type('\r', 'follower');
      child.stdin.write('exit\r');
      await once(child, 'close');
      expect(await readFile(join(home, 'whitewater', 'shell-history'), 'utf8')).toBe('h=5\nstatus\n');
      await rm(home, { recursive: true });
    },
  );

  it('hands its lead over and takes snapshots', async () => {
    const { leader } = JSON.parse((await ask('member', 'list', '--json')).out) as { readonly leader: string };
    const heir = leader === 'n1' ? 'n2' : 'n1';
    expect((await ask('transfer', heir)).code).toBe(0);
    await eventually(`${heir} leads`, async () => {
      const members = JSON.parse((await ask('member', 'list', '--json')).out) as { readonly leader: string | null };
      return members.leader === heir ? true : undefined;
    });
    expect((await ask('snapshot')).out).toMatch(/^n1 has taken a snapshot up to entry \d+\.\n$/);
  });

  it('takes in a node that was started later, and lets it go', async () => {
    const [url = ''] = urls;
    const started = await fetch(`${url}/processes/n4/start`, { method: 'POST' });
    expect(started.status).toBe(200);
    const impossible = await fetch(`${url}/processes/n99999/start`, { method: 'POST' });
    expect(await impossible.json()).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/^n99999 would listen at port \d+, and there is no such port\.$/) as string,
    });
    // The others can still be started again.
    expect((await fetch(`${url}/processes/n4/restart`, { method: 'POST' })).status).toBe(200);
    await eventually('the new node is a member', async () => {
      const { code } = await ask('member', 'add', 'n4');
      return code === 0 ? true : undefined;
    });
    await eventually('a change is committed before the next', async () => {
      const { code } = await ask('member', 'remove', 'n4');
      return code === 0 ? true : undefined;
    });
  });
});

describe('a command without a cluster', () => {
  it('says so, and that nothing was done', async () => {
    expect(await whitewater(['put', 'a', 'b', '--url', 'http://127.0.0.1:9'])).toEqual({
      code: 5,
      out: '',
      note: 'http://127.0.0.1:9 gives no answer (ECONNREFUSED).\n',
    });
  });
});
