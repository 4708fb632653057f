import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { FaultLayer, MAX_DELAYED } from '../../../src/adapter/transport/fault-layer.ts';
import { answerHeaders } from '../../../src/adapter/transport/handshake.ts';
import { MAX_SILENT_PINGS, PING_MS } from '../../../src/adapter/transport/peer-connection.ts';
import type { PeerEnvelope } from '../../../src/adapter/transport/peer-envelope.ts';
import { MAX_UNCONNECTED } from '../../../src/adapter/transport/peer-link.ts';
import type { TransportOptions } from '../../../src/adapter/transport/transport.ts';
import type { NodeId } from '../../../src/raft/entry.ts';
import { eventually } from '../../support/eventually.ts';
import { certificates } from './certificates.ts';
import { listen, word, type ListeningTransport } from './listening-transport.ts';
import { countOf } from '../../../src/timeline/words.ts';

// Disks and sockets are as slow as the machine is busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const open: ListeningTransport[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function start(id: NodeId, options: Partial<TransportOptions> = {}): Promise<ListeningTransport> {
  const one = await listen(id, options);
  open.push(one);
  return one;
}

function meet(one: ListeningTransport, other: ListeningTransport): void {
  one.transport.setAddresses(other.id, [other.address]);
  one.transport.flush();
}

const isConnected = ({ transport }: ListeningTransport, to: NodeId): boolean =>
  transport.status().some(({ id, connected }) => id === to && connected);

async function connected(one: ListeningTransport, other: ListeningTransport): Promise<void> {
  await eventually(`${one.id} and ${other.id} are connected`, () =>
    isConnected(one, other.id) && isConnected(other, one.id) ? true : undefined,
  );
}

function say({ transport }: ListeningTransport, ...envelopes: readonly PeerEnvelope[]): void {
  for (const envelope of envelopes) transport.send(envelope);
  transport.flush();
}

async function heard({ received }: ListeningTransport, count: number): Promise<readonly PeerEnvelope[]> {
  await eventually(`${count} messages`, () => (received.length >= count ? true : undefined));
  return received;
}

describe('two nodes', () => {
  it('keep one connection, whoever of them dials, and what is sent over it arrives in order', async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    meet(n1, n2);
    meet(n2, n1);
    await connected(n1, n2);
    const words = Array.from({ length: 1_000 }, (_, number) => word('n1', 'n2', number + 1));
    say(n1, ...words);
    expect(await heard(n2, 1_000)).toEqual(words);
    const [status] = n1.transport.status();
    expect(status).toMatchObject({ id: 'n2', addresses: [n2.address], connected: true, queued: 0, dropped: 0 });
    // What is sent in one turn leaves as one frame.
    expect(status?.sent.frames).toBeLessThan(10);
  });

  it('need only one of them to know where the other is', async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    meet(n2, n1);
    await connected(n1, n2);
    say(n1, word('n1', 'n2', 1));
    expect(await heard(n2, 1)).toHaveLength(1);
    // Who dialled has said where it listens.
    expect(n1.transport.status()).toMatchObject([{ id: 'n2', addresses: [n2.address] }]);
  });

  it('come together again when the connection is lost, and when one of them starts anew', async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    n1.close();
    await eventually('the loss is noticed', () => (isConnected(n2, 'n1') ? undefined : true));
    const again = await start('n1', { self: { clusterId: 'test', id: 'n1', incarnation: 2 } });
    meet(again, n2);
    await connected(again, n2);
    say(n2, word('n2', 'n1', 7));
    expect(await heard(again, 1)).toEqual([word('n2', 'n1', 7)]);
  });

  it(`keep the last of at most ${MAX_UNCONNECTED} messages for each other while they are not connected`, async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    for (let number = 1; number <= 10 * MAX_UNCONNECTED; number++) n1.transport.send(word('n1', 'n2', number));
    expect(n1.transport.status()[0]?.queued).toBeLessThanOrEqual(MAX_UNCONNECTED);
    meet(n1, n2);
    await eventually('the last one', () => n2.received.find(({ messageId }) => messageId === 'n1.1.1000'));
    expect(n2.received.length).toBeLessThanOrEqual(MAX_UNCONNECTED);
  });

  it('are tried at each address in turn, and say once of each that is wrong what is wrong with it', async () => {
    const [n1, n2, n3] = [await start('n1'), await start('n2'), await start('n3')];
    const dead = '127.0.0.1:9';
    n1.transport.setAddresses('n2', [dead, n3.address]);
    await eventually('both are known to be wrong', () => (n3.said.length >= 3 ? true : undefined));
    expect(n1.said).toEqual([
      `n1 does not reach n2 at ${dead}: connect ECONNREFUSED ${dead}.`,
      'n2 does not let n1 in (421): This is n3, and n1 dialled another: its address is wrong.',
    ]);
    n1.transport.setAddresses('n2', [dead, n3.address, n2.address]);
    await connected(n1, n2);
    expect(n1.transport.status()).toMatchObject([{ addresses: [dead, n3.address, n2.address], remote: '127.0.0.1' }]);
  });

  it('dial each other less and less often where a connection is made and ends at once', async () => {
    const hasty = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    hasty.on('headers', (lines) => {
      const headers = answerHeaders({ clusterId: 'test', id: 'n2', incarnation: 1 });
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    });
    await once(hasty, 'listening');
    const dialledMs: number[] = [];
    hasty.on('connection', (socket) => {
      dialledMs.push(performance.now());
      socket.close();
    });
    const n1 = await start('n1');
    n1.transport.setAddresses('n2', [`127.0.0.1:${(hasty.address() as AddressInfo).port}`]);
    await eventually('it is dialled five times', () => dialledMs[4]);
    // Of 100, 200, 400 and 800 ms half at least.
    expect((dialledMs[4] ?? 0) - (dialledMs[0] ?? 0)).toBeGreaterThan(740);
    hasty.close();
  });

  it('do not talk where the token is another, and say so once', async () => {
    const [n1, n2] = [await start('n1', { token: 'one' }), await start('n2', { token: 'another' })];
    meet(n1, n2);
    await eventually('three attempts', () => (n2.said.length >= 3 ? true : undefined));
    expect(isConnected(n1, 'n2')).toBe(false);
    expect(n1.said).toHaveLength(1);
    expect(n1.said[0]).toContain('n2 asks for the cluster');
  });
});

/** Who lets everyone in as n2, and then says nothing, as a machine would that lost its power. */
async function listenDeafly(): Promise<{ readonly deaf: WebSocketServer; readonly address: string }> {
  const deaf = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
  deaf.on('headers', (lines) => {
    const headers = answerHeaders({ clusterId: 'test', id: 'n2', incarnation: 1 });
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  });
  await once(deaf, 'listening');
  return { deaf, address: `127.0.0.1:${(deaf.address() as AddressInfo).port}` };
}

describe('a peer that is there no more, though its connection stands,', () => {
  it('is not waited for when the node stops', async () => {
    const { deaf, address } = await listenDeafly();
    const n1 = await start('n1');
    const arrived = once(deaf, 'connection') as Promise<[WebSocket, IncomingMessage]>;
    n1.transport.setAddresses('n2', [address]);
    const [, { socket }] = await arrived;
    // Nothing that is said from now on is read, so that no goodbye is answered.
    socket.pause();
    await eventually('they are connected', () => (isConnected(n1, 'n2') ? true : undefined));
    n1.transport.close();
    await eventually('it is hung up on', () => (isConnected(n1, 'n2') ? undefined : true));
    socket.destroy();
    deaf.close();
  });

  it('is hung up on after some pings, and dialled again', async () => {
    const { deaf, address } = await listenDeafly();
    let dialled = 0;
    deaf.on('connection', () => {
      dialled += 1;
    });
    const n1 = await start('n1');
    n1.transport.setAddresses('n2', [address]);
    await eventually('it is dialled again', () => (dialled >= 2 ? true : undefined));
    const silence = `nothing was heard from it for ${countOf(MAX_SILENT_PINGS * PING_MS)} ms`;
    expect(n1.said).toContain(`n1 and n2 are no longer connected: ${silence}.`);
    for (const client of deaf.clients) client.terminate();
    deaf.close();
  }, 20_000);
});

describe('nodes that show each other certificates', () => {
  it('talk where one authority has signed both, and not otherwise', async () => {
    const { n1: own, n2: theirs, stranger } = await certificates();
    const [n1, n2] = [await start('n1', { tls: own }), await start('n2', { tls: theirs })];
    meet(n1, n2);
    await connected(n1, n2);
    say(n1, word('n1', 'n2', 1));
    expect(await heard(n2, 1)).toHaveLength(1);
    // It believes the others, and they do not believe it.
    const n3 = await start('n3', { tls: { ...stranger, ca: own.ca } });
    meet(n3, n2);
    await eventually('it is turned away', () => n2.said.find((sentence) => sentence.includes('certificate')));
    expect(isConnected(n3, 'n2')).toBe(false);
  });
});

describe('a chunk of a snapshot', () => {
  it('waits behind all else, and lets heartbeats pass however many chunks there are', async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    const configuration = { voters: ['n1'], outgoing: [], learners: [], leavesByItself: false };
    const data = new Uint8Array(262_144);
    const place = { lastIndex: 1, lastTerm: 1, configuration, totalBytes: 2 * data.length, offset: 0, done: false };
    const chunk = { type: 'install-snapshot', term: 1, ...place, data } as const;
    const chunks = Array.from({ length: 100 }, (_, at) => ({ ...word('n1', 'n2', at), message: chunk }));
    say(n1, ...chunks);
    say(n1, word('n1', 'n2', 1_000));
    const all = await heard(n2, 101);
    const place1000 = all.findIndex(({ messageId }) => messageId === 'n1.1.1000');
    expect(place1000).toBeGreaterThanOrEqual(0);
    expect(place1000, 'it passed nearly all of them').toBeLessThan(20);
  });
});

describe('a node without an address', () => {
  it('is reached through the one that it came to, by all others, and reaches them', async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    const atTab: PeerEnvelope[] = [];
    const tab = n1.transport.openLink('n9', (envelope) => atTab.push(envelope));
    await eventually('n2 has heard of it', () => {
      say(n2, word('n2', 'n9', 1));
      return atTab.length > 0 ? true : undefined;
    });
    tab.receive(word('n9', 'n2', 2));
    await eventually('its answer', () => n2.received.find(({ from }) => from === 'n9'));
    tab.receive(word('n9', 'n1', 3));
    expect(n1.received).toEqual([word('n9', 'n1', 3)]);
    tab.close();
    const before = atTab.length;
    say(n1, word('n1', 'n9', 4));
    expect(atTab).toHaveLength(before);
  });

  it('is spoken for by nobody else', async () => {
    const [n1, n2] = [await start('n1'), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    say(n2, word('n9', 'n1', 1), word('n2', 'n1', 2));
    expect(await heard(n1, 1)).toEqual([word('n2', 'n1', 2)]);
  });
});

describe('the fault layer of a node', () => {
  it('cuts and heals what it sends to one node, and only that', async () => {
    const faults = new FaultLayer(1);
    const [n1, n2] = [await start('n1', { faults }), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    faults.cut('n2');
    expect(n1.transport.send(word('n1', 'n2', 1))).toBe('cut');
    say(n2, word('n2', 'n1', 2));
    expect(await heard(n1, 1)).toHaveLength(1);
    expect(faults.state().cuts).toEqual(['n2']);
    faults.heal();
    say(n1, word('n1', 'n2', 3));
    expect(await heard(n2, 1)).toEqual([word('n1', 'n2', 3)]);
  });

  it('loses and doubles as many as it is told to', async () => {
    const faults = new FaultLayer(1);
    const [n1, n2] = [await start('n1', { faults }), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    faults.setQuality('n2', { loss: 0.25, duplication: 0.5 });
    const fates = Array.from({ length: 1_000 }, (_, at) => n1.transport.send(word('n1', 'n2', at + 1)));
    n1.transport.flush();
    const sent = fates.filter((fate) => fate === 'sent').length;
    expect(sent).toBeGreaterThan(700);
    expect(sent).toBeLessThan(800);
    await heard(n2, Math.floor(sent * 1.3));
    faults.setQuality(undefined, { loss: 1 });
    expect(n1.transport.send(word('n1', 'n2', 1))).toBe('lost');
  });

  it('holds some messages back, so that later ones overtake them, and says some again later', async () => {
    const faults = new FaultLayer(1);
    const [n1, n2] = [await start('n1', { faults }), await start('n2')];
    meet(n1, n2);
    await connected(n1, n2);
    const late = { chance: 0.2, delay: { meanMs: 20, spreadMs: 5 } };
    faults.setQuality('n2', { reordering: late, replay: late });
    const words = Array.from({ length: 500 }, (_, at) => word('n1', 'n2', at + 1));
    say(n1, ...words);
    await eventually('each has come', () =>
      new Set(n2.received.map(({ messageId }) => messageId)).size === words.length ? true : undefined,
    );
    await heard(n2, 560);
    expect(n2.received.slice(0, words.length)).not.toEqual(words);
  });

  it(`holds back no more than ${MAX_DELAYED} messages`, async () => {
    const faults = new FaultLayer(1);
    const n1 = await start('n1', { faults });
    faults.setQuality(undefined, { latency: { meanMs: 60_000, spreadMs: 0 } });
    for (let number = 0; number < MAX_DELAYED; number++) {
      expect(n1.transport.send(word('n1', 'n2', number))).toBe('sent');
    }
    expect(n1.transport.send(word('n1', 'n2', MAX_DELAYED))).toBe('lost');
  });
});
