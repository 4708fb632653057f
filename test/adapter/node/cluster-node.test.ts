import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ClusterNode } from '../../../src/adapter/node/cluster-node.ts';
import { NodeDisk } from '../../../src/adapter/node/node-disk.ts';
import { MAX_TURN_INPUTS } from '../../../src/adapter/node/node-turns.ts';
import { MAX_WAITING_QUESTIONS } from '../../../src/adapter/node/questions.ts';
import { StorageError } from '../../../src/host/ports.ts';
import type { ClientReply, ClientRequest } from '../../../src/kv/client-message.ts';
import type { TimelineEvent } from '../../../src/timeline/event.ts';
import { defaultRunConfig } from '../../../src/timeline/run-config.ts';
import { eventually } from '../../support/eventually.ts';
import { ListeningNodes } from './listening-nodes.ts';

// Disks and sockets are as slow as the machine is busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const PATIENCE_MS = 30_000;
const three = ['n1', 'n2', 'n3'];
/** So long that a leader that comes sooner was asked to. */
const patient = { ...defaultRunConfig, electionTimeoutMs: { min: 20_000, max: 30_000 } };

let count = 0;

function write(key: string, value: string): ClientRequest {
  count += 1;
  const operation = { type: 'set', key, value } as const;
  const command = { client: `test ${process.pid} ${count}`, sequence: 1, firstUnanswered: 1, operation };
  return { type: 'client-request', requestId: `${count}`, command };
}

function ask(node: ClusterNode, request: ClientRequest): Promise<ClientReply['outcome']> {
  return new Promise((resolve) => node.ask(request, resolve));
}

let cluster: ListeningNodes;
afterEach(() => cluster.end());

/** Begins with three nodes, the first of which stands at once; waits until all follow it. */
async function begin(): Promise<ClusterNode> {
  await cluster.begin();
  const first = await eventually('a node that all others can hear', () => {
    const node = cluster.nodes.get('n1');
    return node?.status().peers.every(({ connected }) => connected) === true ? node : undefined;
  });
  first.timeOutNow();
  return eventually('a leader that all know', () => {
    const leader = cluster.leader();
    return leader && [...cluster.nodes.values()].every(({ core }) => core.leader === leader.id) ? leader : undefined;
  });
}

function follower(): ClusterNode {
  const found = [...cluster.nodes.values()].find(({ core }) => core.role === 'follower');
  if (found === undefined) throw new Error('There is no follower.');
  return found;
}

describe('three nodes on loopback', () => {
  it('elect a leader, and put on three disks what any of them is asked for', async () => {
    cluster = new ListeningNodes(three);
    await begin();
    for (const node of cluster.nodes.values()) {
      expect(await ask(node, write(node.id, 'told'))).toMatchObject({ type: 'applied', result: { value: 'told' } });
    }
    await eventually('three stores that hold it', () =>
      [...cluster.nodes.values()].every(({ store }) => store.size === 3) ? true : undefined,
    );
  });

  it('do both of what two clients ask for under the same name, and answer each its own', async () => {
    cluster = new ListeningNodes(three);
    const leader = await begin();
    const others = [...cluster.nodes.values()].filter((node) => node !== leader);
    const asks = [leader, leader, ...others, ...others].map((node, at) => {
      const request = { ...write(`key ${at}`, `of ${at}`), requestId: 'r1' };
      return new Promise((resolve) => node.ask(request, resolve, `asker ${at}`));
    });
    const answers = await Promise.all(asks);
    expect(answers).toMatchObject(asks.map((_, at) => ({ type: 'applied', result: { value: `of ${at}` } })));
    expect([...leader.store.entries()]).toHaveLength(asks.length);
    const reads = Array.from(asks, (_, at) => {
      const read = { type: 'client-read', requestId: 'r2', key: `key ${at}`, mode: 'follower', notBefore: 0 } as const;
      return new Promise((resolve) => leader.ask(read, resolve, `asker ${at}`));
    });
    expect(await Promise.all(reads)).toMatchObject(
      asks.map((_, at) => ({ type: 'read', result: { value: `of ${at}` } })),
    );
  });

  it('tell of every message under one name, where it leaves and where it comes', async () => {
    cluster = new ListeningNodes(three);
    const leader = await begin();
    const events: TimelineEvent[] = [];
    const stops = [...cluster.nodes.values()].map((node) => node.subscribe((fresh) => events.push(...fresh)));
    for (let round = 0; round < 20; round++) await ask(leader, write('x', `${round}`));
    for (const stop of stops) stop();
    const sent = new Map<string, string>();
    for (const { event } of events) if (event.type === 'message-sent') sent.set(event.messageId, event.message.type);
    const received = events.flatMap(({ event }) => (event.type === 'message-received' ? [event] : []));
    // What was on its way when the listening began was sent before.
    const known = received.filter(({ messageId }) => sent.has(messageId));
    expect(known.length).toBeGreaterThan(40);
    for (const { messageId, messageType } of known) expect(sent.get(messageId)).toBe(messageType);
    expect(received.length - known.length).toBeLessThan(20);
    expect(events.filter(({ event }) => event.type === 'applied').length).toBeGreaterThanOrEqual(20);
  });

  it(
    'answer as many questions as may wait at once, in few turns',
    async () => {
      cluster = new ListeningNodes(three, {
        config: { ...patient, maxUncommittedEntries: 2 * MAX_WAITING_QUESTIONS },
      });
      const leader = await begin();
      const { turns } = leader.status().counts;
      const outcomes = await Promise.all(
        Array.from({ length: MAX_WAITING_QUESTIONS }, (_, at) => ask(leader, write(`k${at % 10}`, 'x'))),
      );
      expect(outcomes.filter(({ type }) => type === 'applied')).toHaveLength(MAX_WAITING_QUESTIONS);
      const { counts, questions } = leader.status();
      expect(questions).toBe(0);
      expect(counts.inputs).toBeGreaterThan(MAX_WAITING_QUESTIONS);
      expect(counts.turns - turns).toBeLessThan(1_000);
      expect(MAX_TURN_INPUTS).toBeLessThan(MAX_WAITING_QUESTIONS);
    },
    PATIENCE_MS,
  );

  it('hand the lead to whom the leader is told, and to no stranger', async () => {
    cluster = new ListeningNodes(three, { config: patient });
    const leader = await begin();
    const heir = follower();
    expect(await heir.transfer(leader.id)).toEqual({ type: 'refused', reason: 'not-leader', leader: leader.id });
    expect(await leader.transfer('n9')).toEqual({ type: 'refused', reason: 'no-such-peer', leader: leader.id });
    expect(await leader.transfer(heir.id)).toEqual({ type: 'accepted' });
    await eventually('it leads', () => (heir.core.role === 'leader' ? true : undefined));
  });

  it('have another leader at once when theirs is closed', async () => {
    cluster = new ListeningNodes(three, { config: patient });
    const leader = await begin();
    await ask(leader, write('x', 'y'));
    await cluster.stop(leader.id);
    const next = await eventually('another leader', () => cluster.leader());
    expect(await ask(next, write('x', 'z'))).toMatchObject({ type: 'applied' });
  });

  it('hold no election because somebody sets the wall clock', async () => {
    cluster = new ListeningNodes(three, { config: patient });
    const leader = await begin();
    const { term } = leader.core;
    const clock = vi.spyOn(Date, 'now');
    for (const byMs of [3_600_000, -86_400_000]) {
      clock.mockImplementation(() => performance.timeOrigin + performance.now() + byMs);
      for (let round = 0; round < 20; round++) {
        expect(await ask(leader, write('x', `${round}`))).toMatchObject({ type: 'applied' });
      }
    }
    clock.mockRestore();
    expect(leader.core).toMatchObject({ term, role: 'leader' });
  });

  it('take in a fourth that starts with nothing and is known to nobody', async () => {
    cluster = new ListeningNodes(three, { config: patient });
    const leader = await begin();
    await ask(leader, write('x', 'y'));
    const fourth = await cluster.start('n4', { members: [] });
    const change = { type: 'add-learner', node: 'n4' } as const;
    expect(await follower().changeMembership(change)).toEqual({
      type: 'refused',
      reason: 'not-leader',
      leader: leader.id,
    });
    expect(await leader.changeMembership(change)).toEqual({ type: 'accepted' });
    await eventually('it holds what the others hold', () => (fourth.store.get('x') === 'y' ? true : undefined));
    await eventually('it is promoted', async () => {
      const order = await leader.changeMembership({ type: 'promote', node: 'n4' });
      return order.type === 'accepted' ? true : undefined;
    });
    // All have come to know where it listens.
    for (const node of cluster.nodes.values()) expect(node.peers().map(({ id }) => id)).toContain('n4');
  });
});

describe('a node of a cluster of one', () => {
  it('dials no stranger, though it knows where one is, until that one belongs to the cluster', async () => {
    const door = createServer((_request, response) => response.writeHead(404).end());
    let dialled = 0;
    door.on('upgrade', (_request, socket: Duplex) => {
      dialled += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(door.address() as AddressInfo).port}`;
    cluster = new ListeningNodes(['n1'], { addresses: new Map([['n9', [address]]]) });
    await cluster.begin();
    const node = await eventually('it leads', () => cluster.leader());
    for (let round = 0; round < 50; round++) await ask(node, write('x', `${round}`));
    expect(dialled).toBe(0);
    expect(await node.changeMembership({ type: 'add-learner', node: 'n9' })).toEqual({ type: 'accepted' });
    await eventually('it is dialled', () => (dialled > 0 ? true : undefined));
    door.close();
  });

  it('has limits in bytes, where its configuration says nothing of them', async () => {
    cluster = new ListeningNodes(['n1'], { config: { ...patient, maxBytesPerAppend: 4_096 } });
    await cluster.begin();
    const node = await eventually('it is there', () => cluster.nodes.get('n1'));
    expect(node.config).toMatchObject({
      maxBytesPerAppend: 4_096,
      maxInflightBytes: 8_388_608,
      maxUncommittedBytes: 67_108_864,
    });
  });

  it('takes a snapshot when it is told to and there is something new, and starts from it', async () => {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    const node = await eventually('it leads', () => cluster.leader());
    await ask(node, write('x', 'y'));
    const { lastApplied } = node.core;
    expect(await node.takeSnapshot()).toEqual({ type: 'taken', index: lastApplied });
    expect(await node.takeSnapshot()).toEqual({ type: 'refused', reason: 'nothing-new' });
    await cluster.stop('n1');
    const again = await cluster.start('n1');
    expect(again.store.get('x')).toBe('y');
    expect(again.status()).toMatchObject({ firstIndex: lastApplied + 1, snapshot: { index: lastApplied } });
  });

  it('that is closed answers nothing any more, and says so to who gives it orders', async () => {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    const node = await eventually('it leads', () => cluster.leader());
    await node.close();
    await expect(node.transfer('n2')).rejects.toThrow('n1 has stopped.');
    await expect(node.takeSnapshot()).rejects.toThrow('n1 has stopped.');
    node.ask(write('x', 'y'), () => expect.unreachable('It was answered.'));
    await node.close();
  });

  it(`answers nobody while it still asks, though ${MAX_TURN_INPUTS} inputs are a turn at once`, async () => {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    const node = await eventually('it leads', () => cluster.leader());
    const { inputs } = node.status().counts;
    const answers: ClientReply['outcome'][] = [];
    const requestIds = Array.from({ length: MAX_TURN_INPUTS }, (_, at) => `stale ${at}`);
    for (const requestId of requestIds) {
      const read = { type: 'client-read', requestId, key: 'x', mode: 'stale', notBefore: 0 } as const;
      node.ask(read, (outcome) => answers.push(outcome));
    }
    expect(node.status().counts.inputs - inputs).toBeGreaterThanOrEqual(MAX_TURN_INPUTS);
    expect(answers).toHaveLength(0);
    await eventually('all are answered', () => (answers.length === MAX_TURN_INPUTS ? true : undefined));
  });

  it('that is closed twice at once has let go of its folder when either says so', async () => {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    const node = await eventually('it leads', () => cluster.leader());
    await Promise.race([node.close(), node.close()]);
    await cluster.start('n1');
  });

  it('keeps no folder that it could not start on', async () => {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    await cluster.stop('n1');
    const broken = Object.defineProperty({ ...patient }, 'snapshot', {
      enumerable: true,
      get: () => {
        throw new Error('It is not to be read.');
      },
    });
    await expect(cluster.start('n1', { config: broken })).rejects.toThrow('It is not to be read.');
    await cluster.start('n1');
  });

  it('has a name that the playground can count on', async () => {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    await expect(cluster.start('server one')).rejects.toThrow(
      'A node is called n and a number, as n1; "server one" is not.',
    );
  });
});

describe('a node stops for good, says so once, and abandons what it was told to do', () => {
  async function failureOf(node: ClusterNode, orders: readonly Promise<unknown>[]): Promise<readonly string[]> {
    const failures: string[] = [];
    node.onFailure(({ reason, sentence }) => failures.push(`${reason}: ${sentence}`));
    node.onFailure(() => expect(node.peers()).toHaveLength(1));
    for (const order of orders) await expect(order).rejects.toThrow('n1 ');
    await eventually('it has stopped', () => failures[0]);
    node.ask(write('x', 'y'), () => expect.unreachable('It was answered.'));
    await expect(node.transfer('n2')).rejects.toThrow('n1 has stopped.');
    return failures;
  }

  async function alone(): Promise<ClusterNode> {
    cluster = new ListeningNodes(['n1']);
    await cluster.begin();
    return eventually('it leads', () => cluster.leader());
  }

  it('where its code throws', async () => {
    const node = await alone();
    vi.spyOn(node.core, 'step').mockImplementation(() => {
      throw new Error('entry 7 is missing.');
    });
    const orders = [node.transfer('n2'), node.changeMembership({ type: 'remove', node: 'n1' }), node.takeSnapshot()];
    expect(await failureOf(node, orders)).toEqual(['halted: n1 stopped: entry 7 is missing.']);
  });

  it('where its core finds its own state impossible', async () => {
    const node = await alone();
    vi.spyOn(node.core, 'halted', 'get').mockReturnValue('it has two leaders in term 3.');
    node.timeOutNow();
    expect(await failureOf(node, [])).toEqual(['halted: n1 stopped: it has two leaders in term 3.']);
  });

  it('where its disk fails a write: nothing is acknowledged, and the disk is asked no second time', async () => {
    const node = await alone();
    const disk = vi
      .spyOn(NodeDisk.prototype, 'write')
      .mockRejectedValue(new StorageError('failed', "n1's disk could not write: EIO."));
    node.ask(write('x', 'y'), () => expect.unreachable('It was answered.'));
    expect(await failureOf(node, [])).toEqual(["failed: n1's disk could not write: EIO."]);
    expect(disk).toHaveBeenCalledTimes(1);
    disk.mockRestore();
  });

  it('and hangs up on the others, which go on without it', async () => {
    cluster = new ListeningNodes(three);
    const leader = await begin();
    vi.spyOn(NodeDisk.prototype, 'write').mockRejectedValueOnce(new StorageError('full', "n1's disk is full."));
    leader.ask(write('x', 'y'), () => expect.unreachable('It was answered.'));
    const others = [...cluster.nodes.values()].filter(({ id }) => id !== leader.id);
    for (const other of others) {
      await eventually(`${other.id} has lost it`, () =>
        other.status().peers.some(({ id, connected }) => id === leader.id && !connected) ? true : undefined,
      );
    }
    const next = await eventually('another leader', () => others.find(({ core }) => core.role === 'leader'));
    expect(await ask(next, write('x', 'z'))).toMatchObject({ type: 'applied' });
  });
});
