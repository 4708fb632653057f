import { EventEmitter, once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AttachedPage } from '../../../src/adapter/attach/attached-page.ts';
import type { WatchedNode } from '../../../src/adapter/attach/watched-node.ts';
import { ATTACH_PATH, ATTACH_VERSION, type NodeFrame } from '../../../src/cluster/remote/attach-frame.ts';
import { eventually } from '../../support/eventually.ts';
import { AttachedNodes } from './attached-nodes.ts';

const hello = { type: 'hello', protocol: 'whitewater-attach', version: ATTACH_VERSION };

describe('a page of a node', () => {
  let nodes: AttachedNodes;
  afterEach(() => nodes.end());

  /** A page that has said hello, by the frames that it hears. */
  async function page(): Promise<{ readonly socket: WebSocket; readonly heard: NodeFrame[] }> {
    const socket = new WebSocket(`${nodes.addressOf('n1')}${ATTACH_PATH}`);
    const heard: NodeFrame[] = [];
    socket.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString('utf8')) as NodeFrame));
    await once(socket, 'open');
    socket.send(JSON.stringify(hello));
    await eventually('it is welcome', () => heard[0]);
    return { socket, heard };
  }

  async function begin(): Promise<void> {
    nodes = new AttachedNodes(['n1']);
    await nodes.begin();
  }

  it('has so many of its orders carried out at once and no more', async () => {
    await begin();
    const { socket, heard } = await page();
    let release = (): void => undefined;
    const held = new Promise<{ readonly type: 'accepted' }>((resolve) => {
      release = () => resolve({ type: 'accepted' });
    });
    const node = nodes.nodes.nodes.get('n1');
    if (node !== undefined) vi.spyOn(node, 'transfer').mockReturnValue(held);
    for (let id = 1; id <= 65; id++) {
      socket.send(JSON.stringify({ type: 'do', id, action: { type: 'transfer', from: 'n1', to: 'n9' } }));
    }
    const refused = await eventually('one is refused', () => heard.find(({ type }) => type === 'refused'));
    expect(refused).toEqual({ type: 'refused', id: 65, why: 'More than 64 commands are under way.' });
    release();
    await eventually('the others are done', () =>
      heard.filter(({ type }) => type === 'done').length === 64 ? true : undefined,
    );
    socket.terminate();
  });

  it('cuts what leaves that node, and not what leaves another', async () => {
    await begin();
    const { socket, heard } = await page();
    const cut = (id: number, from: string): void =>
      socket.send(JSON.stringify({ type: 'do', id, action: { type: 'cut', links: [{ from, to: 'n3' }] } }));
    cut(1, 'n2');
    const refused = await eventually('it is refused', () => heard.find(({ type }) => type === 'refused'));
    expect(refused).toMatchObject({ id: 1, why: 'This is n1, and it does that for nobody else.' });
    expect(nodes.nodes.nodes.get('n1')?.faults?.state().cuts).toEqual([]);
    cut(2, 'n1');
    await eventually('it is done', () => heard.find(({ type }) => type === 'done'));
    expect(nodes.nodes.nodes.get('n1')?.faults?.state().cuts).toEqual(['n3']);
    socket.terminate();
  });

  it('is no node that another page is already', async () => {
    await begin();
    const [first, second] = [await page(), await page()];
    first.socket.send(JSON.stringify({ type: 'join', node: 'n30' }));
    first.socket.send(JSON.stringify({ type: 'ping', id: 1 }));
    await eventually('the first has joined', () => first.heard.find(({ type }) => type === 'pong'));
    second.socket.send(JSON.stringify({ type: 'join', node: 'n30' }));
    const answer = await eventually('the second is answered', () =>
      second.heard.find(({ type }) => type === 'not-joined'),
    );
    expect(answer).toEqual({ type: 'not-joined', node: 'n30', why: 'Another page has a node n30.' });
    // It may stay, and take another name.
    second.socket.send(JSON.stringify({ type: 'join', node: 'n31' }));
    await eventually('the second has joined', () => second.heard.find(({ type }) => type === 'joined'));
    first.socket.terminate();
  });
});

describe('a page that does not say who it is', () => {
  afterEach(() => void vi.useRealTimers());

  it('is turned away after five seconds, and hung up on where it stays', () => {
    vi.useFakeTimers();
    const terminate = vi.fn();
    const sent: string[] = [];
    const socket = Object.assign(new EventEmitter(), {
      OPEN: 1,
      readyState: 1,
      bufferedAmount: 0,
      send: (text: string) => sent.push(text),
      close: () => undefined,
      terminate,
    });
    const node = { id: 'n1', faults: undefined } as unknown as WatchedNode;
    const page = new AttachedPage({
      node,
      socket: socket as unknown as WebSocket,
      token: undefined,
      supervision: undefined,
      onLinksChanged: () => undefined,
      onTold: () => undefined,
      onPictured: () => undefined,
      mayJoin: () => true,
    });
    vi.advanceTimersByTime(4_999);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual([JSON.stringify({ type: 'turned-away', why: 'No hello came in time.' })]);
    expect(terminate).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(terminate).toHaveBeenCalled();
    expect(page.isWelcome).toBe(false);
  });
});
