import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowed } from '../../../src/adapter/help-text.ts';
import { runHere } from '../run-here.ts';
import { whitewater } from './whitewater.ts';

let folder = '';
/** It answers, but is no node. */
let stranger: Server;
let strangerUrl = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitewater-mistakes-'));
  stranger = createServer((request, response) => {
    const status = request.method === 'PUT' ? 200 : request.url === '/kv/secret' ? 401 : 404;
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<p>Hello</p>');
  });
  await new Promise<void>((resolve) => {
    stranger.listen(0, '127.0.0.1', resolve);
  });
  const address = stranger.address();
  strangerUrl = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
});
afterAll(async () => {
  stranger.closeAllConnections();
  stranger.close();
  await rm(folder, { recursive: true });
});

describe('a mistake', () => {
  const noNode = 'What answers there, with status 404, is no node of this version.';

  it.each<readonly [args: string, code: number, sentence: string]>([
    ['clusterr', 2, 'Did you mean cluster?'],
    ['help clusterr', 2, "error: unknown command 'clusterr'"],
    ['put a b --josn', 2, 'Did you mean --json?'],
    ['member add', 2, '(whitewater member add --help tells more)'],
    ['cluster --nodes 1e1', 2, 'It must be a whole number above 0.'],
    ['cluster --port 70000', 2, 'It must be below 65535.'],
    ['cluster --port 65534', 2, 'There is no port 65537 for the last node'],
    ['cluster --data FOLDER/a-file', 2, 'FOLDER/a-file is no folder, and cannot be one: there is a file.'],
    ['cluster --data FOLDER/a-file/in-it', 2, 'FOLDER/a-file/in-it is no folder'],
    ['cluster --data FOLDER/theirs', 2, 'cluster.yml was not written by whitewater cluster, and stays as it is'],
    ['serve --config FOLDER --id n1', 2, 'FOLDER is a folder, not a file.'],
    ['serve --config FOLDER/none.yml --id n1', 2, 'There is no file FOLDER/none.yml.'],
    ['serve --config FOLDER/tls.yml --id n1', 2, 'Of tls: There is no file FOLDER/c.pem.'],
    ['get a --url ftp://there', 2, 'ftp://there is no address of a node'],
    ['get a --url ,', 2, 'No node is named'],
    ['get a --token-file FOLDER/none', 2, 'There is no file FOLDER/none.'],
    ['status --url STRANGER', 5, noNode],
    ['get a --url STRANGER', 5, noNode],
    ['dump --url STRANGER', 5, noNode],
    ['put a b --url STRANGER', 5, 'What answers there, with status 200, is no node of this version.'],
    [
      'get secret --url STRANGER',
      2,
      'The cluster asks for its token: give it in WHITEWATER_TOKEN, or with --token-file.',
    ],
    ['get a --token-file FOLDER/tls.yml --url STRANGER', 2, 'FOLDER/tls.yml holds no token'],
    ['get a --ca FOLDER/tls.yml --url STRANGER', 2, 'FOLDER/tls.yml holds no certificate (PEM).'],
    ['get a --cert FOLDER/tls.yml --url STRANGER', 2, 'What --ca, --cert and --key name cannot be used'],
    ['get secret --token-file FOLDER/token --url STRANGER', 2, 'The token is not that of this cluster.'],
    // It has sent nothing that could have been done.
    ['put a b --url https://STRANGER', 5, 'https://STRANGER gives no answer'],
  ])('whitewater %s ends with %i and one sentence', async (line, code, sentence) => {
    const placed = (text: string): string => text.replaceAll('FOLDER', folder).replaceAll('STRANGER', strangerUrl);
    await writeFile(join(folder, 'a-file'), '');
    await writeFile(
      join(folder, 'tls.yml'),
      'nodes: { n1: 127.0.0.1:1 }\ntls: { cert: c.pem, key: k.pem, ca: a.pem }\n',
    );
    await writeFile(join(folder, 'token'), 'not-the-right-token\n');
    await ownConfigIn(join(folder, 'theirs'));
    const ended = await runHere(placed(line).split(' '));
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.note).toContain(placed(sentence));
    expect(ended.note).not.toMatch(/\n {4}at |may have been done/);
  });

  it('is told as JSON as well where that is asked for', async () => {
    const sentence = `What answers there, with status 404, is no node of this version.`;
    const json = `${JSON.stringify({ error: sentence })}\n`;
    expect(await runHere(['status', '--json', '--url', strangerUrl])).toMatchObject({ code: 5, out: json });
    const nowhere = JSON.stringify({ error: `There is no file ${folder}/none.yml.` });
    const serve = await runHere(['serve', '--json', '--id', 'n1', '--config', join(folder, 'none.yml')]);
    expect(serve).toMatchObject({ code: 2, out: `${nowhere}\n` });
  });

  it('in a value from the standard input is found before anything is sent', async () => {
    const put = (input: string | Uint8Array): Promise<unknown> =>
      runHere(['put', 'a', '-', '--url', strangerUrl], input);
    expect(await put(new Uint8Array([0xff]))).toMatchObject({
      code: 2,
      note: expect.stringContaining('UTF-8') as string,
    });
    expect(await put('x'.repeat(65_537))).toMatchObject({
      code: 2,
      note: expect.stringContaining('at most 65536') as string,
    });
  });
});

describe('whitewater maelstrom', () => {
  it('takes --json, too: it says nothing but JSON anyway', async () => {
    expect(await whitewater(['maelstrom', '--json'])).toEqual({ code: 0, out: '', note: '' });
  });
});

describe('help', () => {
  it('fills up paragraphs, and leaves lines alone that begin with a space', () => {
    expect(flowed('one two three\nfour\n  as  it  is, however long\n\nfive', 9)).toBe(
      'one two\nthree\nfour\n  as  it  is, however long\n\nfive',
    );
  });

  it.each(['cluster', 'serve', 'put', 'get', 'status', 'watch', 'dump', 'shell', 'check', 'maelstrom'])(
    'of %s tells of --json and of exit codes',
    async (command) => {
      const { out } = await runHere(['help', command]);
      expect(out).toContain('--json');
      expect(out).toContain('Exit codes:');
    },
  );
});

async function ownConfigIn(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'cluster.yml'), 'nodes: { n1: 127.0.0.1:1 }\n');
}
