import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RaftStore, RaftStoreError, type RaftStoreOptions } from '../../src/adapter/embed/raft-store.ts';
import { eventually } from '../support/eventually.ts';
import { freePorts } from './commands/free-ports.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitewater-embed-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The package as npm would install it, in the folder of another program. */
async function installPacked(): Promise<void> {
  await run(process.execPath, [join(root, '.ci/prepare.mjs')], { cwd: root });
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename } = { filename: '' }] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  await run('tar', ['-xzf', filename], { cwd: folder });
  await mkdir(join(folder, 'node_modules'));
  await rename(join(folder, 'package'), join(folder, 'node_modules/whitewater'));
  // What npm would fetch beside it: the one package that the program is not made of.
  await symlink(join(root, 'node_modules/classic-level'), join(folder, 'node_modules/classic-level'));
}

describe('the package', { timeout: 120_000 }, () => {
  beforeAll(installPacked, 120_000);

  it('can be imported: the example of the documentation runs', async () => {
    await copyFile(join(root, 'docs/embedding-example.mjs'), join(folder, 'example.mjs'));
    const port = await freePorts(3);
    const { stdout, stderr } = await run(process.execPath, ['example.mjs', 'data', String(port)], { cwd: folder });
    expect(stderr).toBe('');
    expect(stdout.replaceAll(/^term .*\n/gm, '')).toBe('hello\nhello world\ntrue false\ngood-bye\nundefined\n');
    expect(stdout).toMatch(/^term \d+: n[12] leads$/m);
  });

  it('is typed: a program that misuses it does not compile', async () => {
    const options = '{ id: "n1", nodes: { n1: "127.0.0.1:1" }, folder: "data" }';
    const right = [
      `import { RaftStore, RaftStoreError, type RaftStoreOptions } from 'whitewater';`,
      `export const options: RaftStoreOptions = ${options};`,
      `export async function use(store: RaftStore): Promise<boolean> {`,
      `  store.on('leader', (leader: string | undefined, term: number) => void [leader, term]);`,
      `  const value: string | undefined = await store.get('x', 'lease');`,
      `  const grown: string = await store.append('x', value ?? '');`,
      `  return store.cas('x', undefined, grown);`,
      `}`,
      `export const outcome: 'not-taken' | 'unknown' | 'refused' = new RaftStoreError('unknown', 'x').outcome;`,
    ];
    const wrong = [
      `import { RaftStore } from 'whitewater';`,
      `// @ts-expect-error there is no such event`,
      `export const listen = (store: RaftStore) => store.on('lead', () => undefined);`,
      `// @ts-expect-error a value is a text`,
      `export const set = (store: RaftStore) => store.set('x', 5);`,
      `// @ts-expect-error a folder is needed`,
      `export const start = () => RaftStore.start({ id: 'n1', nodes: {} });`,
    ];
    await writeFile(join(folder, 'right.mts'), right.join('\n'));
    await writeFile(join(folder, 'wrong.mts'), wrong.join('\n'));
    const compiler = join(root, 'node_modules/@typescript/native/bin/tsc');
    const flags = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--types',
      '',
      '--exactOptionalPropertyTypes',
    ];
    const compiled = await run(process.execPath, [compiler, ...flags, 'right.mts', 'wrong.mts'], { cwd: folder });
    expect(compiled.stdout).toBe('');
  });
});

/** A store that is a cluster by itself. */
async function alone(name: string): Promise<{ readonly store: RaftStore; readonly options: RaftStoreOptions }> {
  const options: RaftStoreOptions = {
    id: 'n1',
    nodes: { n1: `127.0.0.1:${await freePorts(1)}` },
    folder: join(folder, name),
    electionTimeoutMs: { min: 20, max: 40 },
    heartbeatMs: 5,
  };
  return { store: await RaftStore.start(options), options };
}

describe('a store in this process', () => {
  it('refuses options that cannot be, with a sentence', async () => {
    const nodes = { n1: '127.0.0.1:4101' };
    await expect(RaftStore.start({ id: 'n2', nodes, folder })).rejects.toThrow('n2 is not among the nodes.');
    await expect(RaftStore.start({ id: 'n1', nodes: { n1: 'here' }, folder })).rejects.toThrow(
      'nodes.n1.address must be an address such as 127.0.0.1:4101, but is "here".',
    );
    await expect(RaftStore.start({ id: 'n1', nodes: { n1: '10.0.0.1:4101' }, folder })).rejects.toThrow(
      'without a token',
    );
  });

  it('tells of its leader and of changes, and keeps its data', async () => {
    const { store, options } = await alone('alone');
    const leaders: (string | undefined)[] = [];
    const changes: unknown[] = [];
    store.on('leader', (leader) => leaders.push(leader));
    const unsubscribe = store.on('change', (...change) => changes.push(change));
    await store.set('x', '1');
    await store.append('x', '2');
    unsubscribe();
    await store.delete('x');
    await store.set('y', 'kept');
    await expect(store.set('', 'x')).rejects.toThrow(RaftStoreError);
    await store.close();
    expect(leaders).toContain('n1');
    expect(changes).toEqual([
      ['x', '1', expect.any(Number)],
      ['x', '12', expect.any(Number)],
    ]);
    const again = await RaftStore.start(options);
    expect(await again.get('y')).toBe('kept');
    expect(await again.get('x')).toBeUndefined();
    await again.close();
  });

  it('goes on whatever its listeners throw, which is their own program’s to catch', async () => {
    const thrown: unknown[] = [];
    const microtasks = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((work) => {
      void Promise.resolve()
        .then(work)
        .catch((error: unknown) => thrown.push(error));
    });
    const nodes = { n1: `127.0.0.1:${await freePorts(1)}` };
    const store = await RaftStore.start({ id: 'n1', nodes, folder: join(folder, 'thrown') });
    const changes: string[] = [];
    store.on('change', (key) => {
      throw new Error(`No ${key}.`);
    });
    store.on('change', (key) => changes.push(key));
    await store.set('x', '1');
    await store.set('y', '2');
    await store.close();
    microtasks.mockRestore();
    expect(changes).toEqual(['x', 'y']);
    expect(thrown).toEqual([new Error('No x.'), new Error('No y.')]);
  });

  it('tells a program in JavaScript what is wrong with what it passes, and goes on', async () => {
    const { store } = await alone('arguments');
    const loose: { get(...given: unknown[]): Promise<unknown>; set(...given: unknown[]): Promise<unknown> } = store;
    const refused: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => loose.set('k'), 'The value must be a text, but is undefined.'],
      [() => loose.set(5, 'x'), 'The key must be a text, but is 5.'],
      [() => loose.set('k', {}), 'The value must be a text, but is an object.'],
      [
        () => loose.get('k', 'quick'),
        'The read mode must be one of log, read-index, lease, follower, stale, but is "quick".',
      ],
    ];
    for (const [ask, message] of refused) {
      await expect(ask()).rejects.toMatchObject({ name: 'RaftStoreError', outcome: 'refused', message });
    }
    const on: (...given: unknown[]) => unknown = store.on.bind(store) as (...given: unknown[]) => unknown;
    expect(() => on('lead', () => undefined)).toThrow(
      'There is no event "lead": there are leader, change and failure.',
    );
    expect(() => on('change')).toThrow('A listener for change must be a function.');
    const begin: (...given: unknown[]) => Promise<unknown> = RaftStore.start.bind(RaftStore) as (
      ...given: unknown[]
    ) => Promise<unknown>;
    await expect(begin()).rejects.toThrow('A store is started with an object of options.');
    await expect(begin({ id: 'n1', nodes: {} })).rejects.toThrow('folder must be a text, and not empty.');
    await store.set('k', 'v');
    expect(await store.get('k')).toBe('v');
    await store.close();
  });

  it('says at once that it is closed, however often and whenever it is closed', async () => {
    const { store, options } = await alone('closed');
    await expect(RaftStore.start({ ...options, folder: join(folder, 'elsewhere') })).rejects.toThrow(
      /^n1 cannot listen at 127\.0\.0\.1:\d+: something else does already\.$/,
    );
    const writes = Array.from({ length: 100 }, (_, at) => store.set(`k${at}`, 'v'));
    const ends = Promise.allSettled(writes);
    await Promise.all([store.close(), store.close()]);
    for (const end of await ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(RaftStoreError);
    const asks = [() => store.set('x', '1'), () => store.get('x'), () => store.join(), () => store.leave()];
    for (const ask of asks) {
      await expect(ask()).rejects.toMatchObject({ outcome: 'not-taken', message: 'n1 is closed.' });
    }
    await store.close();
  });

  it('joins no cluster where there is none', async () => {
    const web = createServer((_request, response) => response.end('<p>Hello.</p>'));
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const { port } = web.address() as AddressInfo;
    const nodes = { n1: `127.0.0.1:${port}`, n2: `127.0.0.1:${await freePorts(1)}` };
    const store = await RaftStore.start({ id: 'n2', nodes, members: ['n1'], folder: join(folder, 'astray') });
    await expect(store.join()).rejects.toMatchObject({
      name: 'RaftStoreError',
      outcome: 'unknown',
      message: 'What answered at the address of a node is none.',
    });
    await store.close();
    web.closeAllConnections();
    web.close();
  });

  it('joins a cluster, and leaves it', { timeout: 30_000 }, async () => {
    const port = await freePorts(2);
    const nodes = { n1: `127.0.0.1:${port}`, n2: `127.0.0.1:${port + 1}` };
    const shared = { nodes, members: ['n1'], folder: join(folder, 'two') };
    const first = await RaftStore.start({ ...shared, id: 'n1' });
    await first.set('x', '1');
    const second = await RaftStore.start({ ...shared, id: 'n2' });
    await second.join('learner');
    // It does not lead, so it asks its leader what only a leader can know by itself.
    for (const mode of ['log', 'read-index', 'lease', 'follower'] as const) {
      expect(await second.get('x', mode)).toBe('1');
    }
    await eventually('the cluster lets it go', async () =>
      second.leave().then(
        () => true,
        () => undefined,
      ),
    );
    await eventually('nobody but the first belongs to it', async () => {
      const { members } = (await (await fetch(`http://${nodes.n1}/members`)).json()) as { readonly members: unknown[] };
      return members.length === 1 ? true : undefined;
    });
    await first.set('x', '2');
    await Promise.all([first.close(), second.close()]);
  });
});
