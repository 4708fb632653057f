import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { freePorts } from './free-ports.ts';
import { RunningCommand, startedCluster, whitewater } from './whitewater.ts';

const program = fileURLToPath(new URL('../../../bin/whitewater.mjs', import.meta.url));

describe('whitewater serve', { timeout: 60_000 }, () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'whitewater-serve-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function configured(more: string): Promise<string> {
    const path = join(folder, 'cluster.yml');
    await writeFile(path, `data: data\n${more}`);
    return path;
  }

  it('listens beyond this machine only with a token or TLS, and says so', async () => {
    const path = await configured('nodes: { n1: { address: "127.0.0.1:4101", listen: "0.0.0.0:4101" } }\n');
    const { code, out, note } = await whitewater(['serve', '--config', path, '--id', 'n1']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(note).toContain('n1 would listen at 0.0.0.0:4101, where other machines can reach it, without a token');
  });

  it('tells of all the addresses that a node has, and so do the commands that ask it', async () => {
    const port = await freePorts(1);
    const places = [`127.0.0.1:${port}`, `127.0.0.2:${port}`];
    const path = await configured(`nodes: { n1: [${places.join(', ')}] }\n`);
    const command = new RunningCommand(['serve', '--config', path, '--id', 'n1', '--json']);
    const urls = places.map((place) => `http://${place}`);
    expect(await command.fact('listening')).toMatchObject({ node: 'n1', url: urls[0], urls });
    const [, second = ''] = urls;
    const listed = await whitewater(['member', 'list', '--url', second]);
    expect(listed.out).toContain(`  ${places.join(' ')}\n`);
    expect((await whitewater(['status', '--url', second])).out).toContain(places.join(' '));
    await command.end();
  });

  it('ends by itself when the whitewater cluster that started it is killed', async () => {
    const { command, urls } = await startedCluster(1, ['--data', folder]);
    const told = (await (await fetch(`${urls[0]}/processes`)).json()) as {
      readonly processes: readonly { readonly pid: number }[];
    };
    const pids = told.processes.map(({ pid }) => pid);
    expect(pids).toHaveLength(1);
    await command.end('SIGKILL');
    await eventually('it is gone', () => {
      try {
        for (const pid of pids) process.kill(pid, 0);
        return undefined;
      } catch {
        return true;
      }
    });
  });

  it('ends with 4 and a sentence when its disk fails, and has acknowledged nothing that is not there', async () => {
    const port = await freePorts(1);
    const path = await configured(`nodes: { n1: "127.0.0.1:${port}" }\n`);
    // No file of this process grows past 256 KiB: then the disk fails the write, as one does that is broken.
    const limited = `trap '' XFSZ; ulimit -f 256; exec "$0" "$@"`;
    const child = spawn('bash', ['-c', limited, process.execPath, program, 'serve', '--config', path, '--id', 'n1']);
    let note = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      note += text;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    const url = `http://127.0.0.1:${port}`;
    await eventually('it leads', () =>
      fetch(`${url}/ready`).then(
        ({ ok }) => (ok ? true : undefined),
        () => undefined,
      ),
    );
    let acknowledged = 0;
    for (let status = 204; status === 204; acknowledged += Number(status === 204)) {
      status = await fetch(`${url}/kv/k${acknowledged}`, { method: 'PUT', body: 'x'.repeat(10_000) }).then(
        (answer) => answer.status,
        () => 0,
      );
    }
    expect(await ended).toBe(4);
    expect(note).toContain("n1's disk could not write");
    expect(acknowledged).toBeGreaterThan(5);
    // With room again it holds all that it has acknowledged.
    const again = spawn(process.execPath, [program, 'serve', '--config', path, '--id', 'n1']);
    const values = await eventually('it is back', () =>
      fetch(`${url}/ready`).then(
        async ({ ok }) => (ok ? (await (await fetch(`${url}/kv/k${acknowledged - 1}`)).text()).length : undefined),
        () => undefined,
      ),
    );
    expect(values).toBe(10_000);
    again.kill('SIGTERM');
    await new Promise((resolve) => again.on('close', resolve));
  });
});
