import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_PAGES } from '../../../src/adapter/attach/attach-server.ts';
import { markServedPage } from '../../../src/adapter/attach/served-page.ts';
import { ATTACH_PATH, ATTACH_VERSION, MAX_PAGE_FRAME_BYTES } from '../../../src/cluster/remote/attach-frame.ts';
import { SERVED_PAGE_MARK } from '../../../src/cluster/remote/served-page-mark.ts';
import { eventually } from '../../support/eventually.ts';
import { AttachedNodes, type AttachedNodesOptions } from './attached-nodes.ts';

const hello = { type: 'hello', protocol: 'whitewater-attach', version: ATTACH_VERSION };
const text = (frame: unknown): string => JSON.stringify(frame);
let nodes: AttachedNodes;

afterEach(() => nodes.end());

async function begin(options: AttachedNodesOptions = {}): Promise<void> {
  nodes = new AttachedNodes(['n1'], options);
  await nodes.begin();
}

/** Sends these frames, and gives what came until the node hung up, or until `last` came. */
async function say(
  frames: readonly string[],
  last?: string,
): Promise<{ readonly heard: string[]; readonly code: number }> {
  const socket = new WebSocket(`${nodes.addressOf('n1')}${ATTACH_PATH}`);
  const heard: string[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString('utf8')) as { readonly type: string; readonly why?: string };
    heard.push(frame.why === undefined ? frame.type : `${frame.type}: ${frame.why}`);
    if (frame.type === last) socket.close();
  });
  socket.on('open', () => {
    for (const frame of frames) socket.send(frame);
  });
  const code = await new Promise<number>((resolve, reject) => {
    socket.on('close', resolve);
    socket.on('error', reject);
  });
  return { heard, code };
}

describe('The path /attach', () => {
  it('turns away who does not know the token, in one sentence, and lets in who does', async () => {
    await begin({ token: 'swordfish' });
    expect(await say([text(hello)])).toEqual({ heard: ['turned-away: This cluster asks for its token.'], code: 1008 });
    expect(await say([text({ ...hello, token: 'shark' })])).toEqual({
      heard: ['turned-away: The token is not that of this cluster.'],
      code: 1008,
    });
    const { heard } = await say([text({ ...hello, token: 'swordfish' })], 'events');
    expect(heard).toEqual(['welcome', 'processes', 'events']);
    await expect(nodes.attach('n1', 'shark')).rejects.toThrow('The token is not that of this cluster.');
  });

  it('turns away what it does not understand, whenever it comes, and nothing has changed', async () => {
    await begin();
    const before = await eventually('a leader', () => {
      const leader = nodes.nodes.leader();
      return leader !== undefined && leader.core.commitIndex > 0 ? leader : undefined;
    });
    const { term, commitIndex } = before.core;
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['{'], 'A frame must be JSON.'],
      [['null'], 'The frame'],
      [[text({ type: 'ping', id: 1 })], 'The first frame must be hello.'],
      [[text({ ...hello, version: 99 })], `This node speaks version ${ATTACH_VERSION}`],
      [[text({ ...hello, protocol: 'http' })], 'protocol'],
      [[text(hello), text(hello)], 'hello comes once.'],
      [[text(hello), text({ type: 'do', id: 1, action: { type: 'explode' } })], 'action'],
      [[text(hello), text({ type: 'do', id: -1, action: { type: 'kill', node: 'n1' } })], 'id'],
      [[text(hello), text({ type: 'join', node: 'x' })], 'node'],
      [
        [text(hello), text({ type: 'peer', messageId: 'm', to: 'n1', message: { type: 'request-vote', term: -5 } })],
        'That is no message between nodes.',
      ],
      [[text(hello), text({ type: 'ask', messageId: '', message: {} })], 'messageId'],
    ];
    for (const [frames, why] of cases) {
      const { heard, code } = await say(frames);
      expect(heard.at(-1), frames.join()).toContain('turned-away: ');
      expect(heard.at(-1)).toContain(why);
      expect(code).toBe(1008);
    }
    const tooLong = await say([text({ ...hello, token: 'x'.repeat(MAX_PAGE_FRAME_BYTES) })]);
    expect(tooLong).toEqual({ heard: [], code: 1009 });
    expect({ term: before.core.term, commitIndex: before.core.commitIndex }).toEqual({ term, commitIndex });
    await eventually('all have gone', () => (nodes.servers.get('n1')?.size === 0 ? true : undefined));
  });

  it('tells who comes of links that are cut before it answers anything', async () => {
    await begin();
    const cut = { type: 'cut', links: [{ from: 'n1', to: 'n2' }] };
    const first = await say([text(hello), text({ type: 'do', id: 1, action: cut })], 'done');
    expect(first.heard).toContain('done');
    const { heard } = await say([text(hello), text({ type: 'ping', id: 1 })], 'pong');
    // A picture, and what was done to the links.
    expect(heard.filter((type) => type !== 'processes')).toEqual(['welcome', 'events', 'events', 'pong']);
  });

  it('lets in so many pages and no more', { timeout: 20_000 }, async () => {
    await begin();
    const sockets = Array.from({ length: MAX_PAGES }, () => new WebSocket(`${nodes.addressOf('n1')}${ATTACH_PATH}`));
    await eventually('all are in', () => (nodes.servers.get('n1')?.size === MAX_PAGES ? true : undefined));
    expect((await say([text(hello)])).code).toBe(1013);
    // Whoever is turned away and then breaks the rules of WebSockets ends its own connection, and nothing else.
    const { hostname, port } = new URL(nodes.addressOf('n1'));
    const rude = connect(Number(port), hostname).on('error', () => undefined);
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
    rude.write(`GET ${ATTACH_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n\r\n`);
    await once(rude, 'data');
    rude.end(Buffer.of(0xff, 0xff, 0xff, 0xff));
    await once(rude.resume(), 'close');
    expect(nodes.servers.get('n1')?.size).toBe(MAX_PAGES);
    for (const socket of sockets) socket.terminate();
  });

  it('hangs up on a page that asks and asks, and reads nothing', { timeout: 30_000 }, async () => {
    await begin();
    const cluster = await nodes.attach();
    for (let key = 0; key < 40; key++) await cluster.set(`k${key}`, 'x'.repeat(60_000));
    const socket = new WebSocket(`${nodes.addressOf('n1')}${ATTACH_PATH}`);
    await once(socket, 'open');
    socket.send(text(hello));
    await once(socket, 'message');
    socket.pause();
    const others = nodes.servers.get('n1')?.size ?? 0;
    // Each costs it a few bytes, and the node some millions.
    for (let count = 0; count < 60; count++) socket.send(text({ type: 'picture' }));
    await eventually('it is hung up on', () => (nodes.servers.get('n1')?.size === others - 1 ? true : undefined));
    expect((await cluster.get('k1')).type).toBe('committed');
    socket.terminate();
  });

  it('says of what cannot be done why, where nobody supervises the process and there is no fault layer', async () => {
    await begin({ isSupervised: false, node: { faults: false } });
    const cluster = await nodes.attach();
    await expect(cluster.kill('n1')).rejects.toThrow('Nobody on that machine can start and stop these processes');
    await expect(cluster.setLinks({ loss: 0.5 })).rejects.toThrow('This cluster was not started with --faults');
    await expect(cluster.addNode()).rejects.toThrow(/start one with whitewater serve|Nobody leads/);
    expect((await cluster.status()).nodes[0]?.status).toBe('up');
  });
});

describe('A page that a node serves', () => {
  it('bears a mark', async () => {
    await begin();
    expect(markServedPage('<html><head><title>x</title></head></html>')).toContain(
      `<head><meta name="${SERVED_PAGE_MARK}" content="">`,
    );
  });
});
