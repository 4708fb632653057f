import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere as run, type Ended } from './run-here.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitewater-check-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const log = (...lines: readonly string[]): string => lines.map((line) => `INFO  jepsen.util - ${line}\n`).join('');
const good = log('0\t:invoke\t:write\t1', '0\t:ok\t:write\t1', '1\t:invoke\t:read\tnil', '1\t:ok\t:read\t1');
const bad = log(
  '0\t:invoke\t:write\t1',
  '0\t:ok\t:write\t1',
  '0\t:invoke\t:write\t2',
  '0\t:ok\t:write\t2',
  '1\t:invoke\t:read\tnil',
  '1\t:ok\t:read\t1',
);

describe('whitewater check', () => {
  it('says that a history is linearizable, and ends with 0', async () => {
    const path = await file('good.log', good);
    expect(await run(['check', path])).toEqual({
      code: 0,
      out: 'Linearizable: one order explains all of 2 operations of 2 clients.\n',
      note: '',
    });
    expect(await run(['check', path, '--json'])).toEqual({ code: 0, out: '{"linearizable":true}\n', note: '' });
  });

  it('says why a history is not, draws it, and ends with 1', async () => {
    const path = await file('bad.log', bad);
    const html = join(folder, 'drawn.html');
    const { code, out } = await run(['check', path, '--html', html]);
    expect(code).toBe(1);
    expect(out).toBe(
      [
        'Not linearizable: no order of the operations explains what their clients saw (3 operations of 2 clients).',
        "Until line 6 there is an order; then client 1's read → 1 cannot be placed.",
        'The smallest stretch that cannot be explained, whatever was before, is lines 3 to 6:',
        '  lines 3-4          client 0     write 2',
        '> lines 5-6          client 1     read → 1',
        `Drawn in ${html}`,
        '',
      ].join('\n'),
    );
    expect(await readFile(html, 'utf8')).toContain('bad.log is not linearizable');
  });

  it('tells the same as one line of JSON', async () => {
    const path = await file('bad.log', bad);
    const { code, out } = await run(['check', path, '--json', '--no-html']);
    expect(code).toBe(1);
    expect(out.split('\n')).toHaveLength(2);
    const culprit = { process: '1', operation: 'read → 1', invokedOnLine: 5, returnedOnLine: 6 };
    expect(JSON.parse(out)).toEqual({
      linearizable: false,
      culprit,
      stretch: [{ process: '0', operation: 'write 2', invokedOnLine: 3, returnedOnLine: 4 }, culprit],
    });
  });

  it('reads standard input for -', async () => {
    expect((await run(['check', '-', '--json'], good)).code).toBe(0);
    expect((await run(['check', '-', '--json', '--no-html'], bad)).code).toBe(1);
  });

  it('takes the model and the first value that it is told', async () => {
    const began = log('0\t:invoke\t:read\tnil', '0\t:ok\t:read\t7');
    expect((await run(['check', '-', '--no-html'], began)).code).toBe(1);
    expect((await run(['check', '-', '--initial', '7'], began)).code).toBe(0);
    const appends = '{:process 0, :type :invoke, :f :append, :key "a", :value "1"}';
    expect((await run(['check', '-', '--model', 'kv'], appends)).code).toBe(0);
    expect((await run(['check', '-', '--model', 'register'], appends)).code).toBe(2);
  });

  it('takes what :fail means, and says where the other meaning would find something', async () => {
    const failed = log(
      '0\t:invoke\t:write\t1',
      '0\t:ok\t:write\t1',
      '0\t:invoke\t:cas\t[1 2]',
      '0\t:fail\t:cas\t[1 2]',
    );
    const cautious = await run(['check', '-'], failed);
    expect(cautious.code).toBe(0);
    expect(cautious.note).toBe(
      'Note: 1 :cas failed. If each of them found another value than it expected (--fail mismatch), the history is not linearizable.\n',
    );
    expect((await run(['check', '-', '--fail', 'mismatch', '--no-html'], failed)).code).toBe(1);
    expect(await run(['check', '-', '--fail', 'unknown'], failed)).toMatchObject({ code: 0, note: '' });
  });

  it('says that it does not know where its limit is reached, and ends with 3', async () => {
    const crowd =
      log(
        ...Array.from({ length: 3 }, (_, at) => [
          `${at}\t:invoke\t:write\t${at}`,
          `9${at}\t:invoke\t:read\tnil`,
        ]).flat(),
      ) +
      log(...Array.from({ length: 3 }, (_, at) => [`9${at}\t:ok\t:read\t${at}`, `${at}\t:ok\t:write\t${at}`]).flat());
    expect((await run(['check', '-'], crowd)).code).toBe(0);
    const limited = await run(['check', '-', '--limit', '1'], crowd);
    expect(limited.code).toBe(3);
    expect(limited.out).toBe(
      'Not known: the search reached its limit of 1 configurations, or of the memory for them. --limit allows more.\n',
    );
    expect(JSON.parse((await run(['check', '-', '--limit', '1', '--json'], crowd)).out)).toMatchObject({
      linearizable: 'unknown',
    });
  });

  it('refuses a file that it cannot use in one sentence, and ends with 2', async () => {
    const cases: readonly (readonly [string, string])[] = [
      [join(folder, 'nowhere'), `There is no file ${join(folder, 'nowhere')}.`],
      [folder, `${folder} is a folder, not a file.`],
      [await file('cut', good.slice(0, -3)), 'Line 4: :value is missing; the line ends after :read.'],
      [await file('binary', new Uint8Array([0x31, 0x0a, 0xff, 0xfe])), 'Line 2: this is not text in UTF-8.'],
      [
        await file('huge', new Uint8Array(64 * 1024 * 1024 + 1)),
        'This file is larger than a history may be: the limit is 67,108,864 bytes.',
      ],
    ];
    for (const [path, sentence] of cases) {
      expect(await run(['check', path])).toEqual({ code: 2, out: '', note: `${sentence}\n` });
      const asJson = await run(['check', path, '--json']);
      expect([asJson.code, JSON.parse(asJson.out)]).toEqual([2, { error: sentence }]);
    }
  });

  it('ends with 1 also where it cannot write its drawing, and says so', async () => {
    const { code, out, note } = await run(['check', '-', '--html', join(folder, 'nowhere', 'x.html')], bad);
    expect(code).toBe(1);
    expect(note).toMatch(/^The drawing could not be written to /);
    expect(out).not.toContain('Drawn');
  });

  it.each([
    [['check'], "error: missing required argument 'file'"],
    [
      ['check', 'x', '--model', 'queue'],
      "error: option '--model <name>' argument 'queue' is invalid. Allowed choices are register, kv.",
    ],
    [
      ['check', 'x', '--fail', 'no'],
      "error: option '--fail <meaning>' argument 'no' is invalid. Allowed choices are no-effect, mismatch, unknown.",
    ],
    [
      ['check', 'x', '--limit', '0'],
      "error: option '--limit <configurations>' argument '0' is invalid. It must be a whole number above 0.",
    ],
    [['check', 'x', '--fast'], "error: unknown option '--fast'"],
    [['chekc'], "error: unknown command 'chekc'"],
  ])('refuses %j, and ends with 2', async (args, message) => {
    const { code, note } = await run(args);
    expect(code).toBe(2);
    expect(note.split('\n')[0]).toBe(message);
  });

  it('tells in its help every option, what :fail means, and every exit code', async () => {
    const { code, out } = await run(['check', '--help']);
    expect(code).toBe(0);
    for (const named of [
      '--model',
      '--initial',
      '--fail',
      '--json',
      '--html',
      '--no-html',
      '--limit',
      'mismatch',
      '3 not known',
    ]) {
      expect(out).toContain(named);
    }
    expect((await run(['--version'])).out).toBe('1.2.3\n');
    expect((await run(['--help'])).out).toContain('check');
  });
});

describe('The command of the package', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));

  function spawn(command: string, args: readonly string[], cwd: string): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(command, args, { cwd }, (error, out, note) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, note });
      });
    });
  }

  it('builds itself in a checkout, and runs from a packed package elsewhere', { timeout: 60_000 }, async () => {
    const path = await file('good.log', good);
    const here = await spawn(process.execPath, [join(root, 'bin/whitewater.mjs'), 'check', path, '--json'], folder);
    expect(here).toEqual({ code: 0, out: '{"linearizable":true}\n', note: '' });
    const packed = await spawn('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
    const [{ filename } = { filename: '' }] = JSON.parse(packed.out) as readonly { readonly filename: string }[];
    expect((await spawn('tar', ['-xzf', filename], folder)).code).toBe(0);
    const there = await spawn(process.execPath, ['package/bin/whitewater.mjs', 'check', 'good.log'], folder);
    expect(there).toMatchObject({ code: 0, note: '' });
    await file('cut.log', good.slice(0, -3));
    expect((await spawn(process.execPath, ['package/bin/whitewater.mjs', 'check', 'cut.log'], folder)).code).toBe(2);
  });
});
