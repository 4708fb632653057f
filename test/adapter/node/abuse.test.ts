import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ClusterNode } from '../../../src/adapter/node/cluster-node.ts';
import { decodeFrame, encodeFrame, MAX_FRAME_BYTES } from '../../../src/adapter/transport/frame.ts';
import { introductionHeaders, PEER_PATH } from '../../../src/adapter/transport/handshake.ts';
import { below, createRandom, type Random } from '../../../src/raft/random.ts';
import type { LinkMessage } from '../../../src/timeline/event.ts';
import { defaultRunConfig } from '../../../src/timeline/run-config.ts';
import { eventually } from '../../support/eventually.ts';
import { ListeningNodes } from './listening-nodes.ts';

// Disks and sockets are as slow as the machine is busy.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const PATIENCE_MS = 60_000;
const TOKEN = 'of the tests';
const MEGABYTE = 1_048_576;

/** All of it happens in this one process: an election that the test's own work brought about would change the state. */
const patient = { ...defaultRunConfig, electionTimeoutMs: { min: 5_000, max: 10_000 }, preVote: true };

let cluster: ListeningNodes;
let leader: ClusterNode;

beforeEach(async () => {
  cluster = new ListeningNodes(['n1', 'n2', 'n3'], { token: TOKEN, config: patient });
  await cluster.begin();
  cluster.nodes.get('n1')?.timeOutNow();
  leader = await eventually('a leader that all follow', () => {
    const found = cluster.leader();
    return [...cluster.nodes.values()].every(({ core }) => core.leader === found?.id) ? found : undefined;
  });
  const operation = { type: 'set', key: 'kept', value: 'as it is' } as const;
  const command = { client: 'c', sequence: 1, firstUnanswered: 1, operation };
  await new Promise<void>((resolve) => {
    leader.ask({ type: 'client-request', requestId: 'r', command }, () => resolve());
  });
});
afterEach(() => cluster.end());

/** What must not change, whatever strangers say. */
function state(): unknown {
  const { term, role, commitIndex, lastIndex, configuration } = leader.core;
  return { term, role, commitIndex, lastIndex, configuration, store: [...leader.store.entries()] };
}

/** Dials the leader as that node would. */
function dial(id: string, token: string | undefined): WebSocket {
  const headers = introductionHeaders({ clusterId: 'test', id, incarnation: Date.now() }, leader.id, token);
  const { address } = cluster.doors.get(leader.id) ?? { address: '' };
  return new WebSocket(`ws://${address}${PEER_PATH}`, { headers, perMessageDeflate: false });
}

/** Connects, sends all of it, and waits until one of both has hung up. Gives the code. */
function send(frames: readonly (Uint8Array | string)[], id = 'n9', hangUp = false): Promise<number> {
  return new Promise((resolve) => {
    const socket = dial(id, TOKEN);
    socket.on('error', () => undefined);
    socket.on('close', (code) => resolve(code));
    socket.on('open', () => {
      for (const frame of frames) socket.send(frame, () => undefined);
      if (hangUp) socket.close();
    });
  });
}

function inParallel(count: number, width: number, one: (number: number) => Promise<unknown>): Promise<unknown> {
  let next = 0;
  const go = async (): Promise<void> => {
    while (next < count) await one(next++);
  };
  return Promise.all(Array.from({ length: width }, go));
}

const samples: readonly LinkMessage[] = [
  {
    type: 'append-entries',
    term: 1,
    prevLogIndex: 1,
    prevLogTerm: 1,
    leaderCommit: 1,
    entries: [{ type: 'command', index: 2, term: 1, command: { text: 'x'.repeat(50) } }],
  },
  { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0 },
  { type: 'client-read', requestId: 'r', key: 'x', mode: 'follower', notBefore: 0 },
];

/** A frame of one of the samples with some bytes of it changed, cut off or added. */
function mutated(random: Random): Uint8Array {
  const message = samples[below(random, samples.length)] ?? { type: 'timeout-now', term: 1 };
  const whole = encodeFrame({ type: 'messages', envelopes: [{ messageId: 'n9.1.1', from: 'n9', to: 'n1', message }] });
  const bytes = Buffer.from(whole);
  for (let change = below(random, 4); change >= 0; change--) bytes[below(random, bytes.length)] = below(random, 256);
  const cut = below(random, 4) === 0 ? bytes.subarray(0, below(random, bytes.length)) : bytes;
  return below(random, 8) === 0 ? Buffer.concat([cut, cut]) : cut;
}

describe('a node that is talked to by whom it should not believe', () => {
  it(
    'goes on as before, and holds no more memory, after 100,000 malformed, oversized, replayed and unauthenticated frames and requests',
    async () => {
      const before = state();
      const random = createRandom(20_261_126, 'abuse');
      const rssBefore = process.memoryUsage().rss;
      const counts = {
        decoded: 73_000,
        replayed: 25_000,
        malformed: 1_000,
        unauthenticated: 500,
        garbage: 495,
        oversized: 5,
      };

      let understood = 0;
      for (let round = 0; round < counts.decoded; round++) {
        if (!('problem' in decodeFrame(mutated(random)))) understood += 1;
      }
      expect(understood, 'some are changed in what nobody checks, as a text').toBeLessThan(counts.decoded / 2);

      const codes = new Map<number, number>();
      await inParallel(counts.malformed, 16, async () => {
        let frame = mutated(random);
        while (!('problem' in decodeFrame(frame))) frame = mutated(random);
        const code = await send([frame]);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      });
      // Policy violation; or hung up on, since another one dialled under the same name.
      expect([...codes.keys()].every((code) => code === 1_008 || code === 1_006)).toBe(true);
      expect(codes.get(1_008) ?? 0).toBeGreaterThan(0);
      expect(await send(['a text'])).toBe(1_008);

      for (let round = 0; round < counts.oversized; round++) {
        expect([1_006, 1_009]).toContain(await send([new Uint8Array(MAX_FRAME_BYTES + 1)]));
      }

      // What members said in earlier terms, once more, in the name of one that is down.
      const down = ['n2', 'n3', 'n1'].find((id) => id !== leader.id) ?? '';
      await cluster.stop(down);
      const old: readonly LinkMessage[] = [
        { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0 },
        { type: 'request-vote-reply', term: 1, granted: true },
        {
          type: 'append-entries-reply',
          term: 1,
          success: true,
          matchIndex: 1,
          prevLogIndex: 0,
          conflictIndex: 0,
          conflictTerm: undefined,
        },
        { type: 'timeout-now', term: 1 },
        { type: 'client-reply', requestId: 'r', outcome: { type: 'transferring' } },
      ];
      const { term } = leader.core;
      const replies = old.filter(
        (message) => !('term' in message) || term > 1 || message.type !== 'append-entries-reply',
      );
      const frames = replies.map((message) =>
        encodeFrame({
          type: 'messages',
          envelopes: [{ messageId: `${down}.1.1`, from: down, to: leader.id, message }],
        }),
      );
      const repeats = Math.ceil(counts.replayed / 10 / frames.length);
      for (let round = 0; round < 10; round++) {
        await send(Array.from({ length: repeats }, () => frames).flat(), down, true);
      }
      await cluster.start(down);

      await inParallel(counts.unauthenticated, 16, (number) => {
        const socket = dial('n2', number % 2 === 0 ? undefined : `guess ${number}`);
        socket.on('error', () => undefined);
        return new Promise<void>((resolve, reject) => {
          socket.on('open', () => reject(new Error('It was let in.')));
          socket.on('close', () => resolve());
        });
      });
      await inParallel(counts.garbage, 16, () => {
        const port = Number(cluster.doors.get(leader.id)?.address.split(':')[1]);
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        socket.resume();
        socket.end(Buffer.from(Array.from({ length: 200 }, () => below(random, 256))));
        return new Promise<void>((resolve) => socket.on('close', () => resolve()));
      });

      expect(state()).toEqual(before);
      expect(leader.failure).toBeUndefined();
      const grown = process.memoryUsage().rss - rssBefore;
      expect(grown).toBeLessThan(256 * MEGABYTE);
      const sum = Object.values(counts).reduce((total, count) => total + count, 0);
      process.stdout.write(
        `${sum} frames and requests: ${JSON.stringify(counts)}; grown by ${Math.round(grown / MEGABYTE)} MB\n`,
      );
    },
    PATIENCE_MS,
  );
});
