import { errorCodes } from '../../../src/adapter/maelstrom/lin-kv.ts';
import type { MaelstromBody } from '../../../src/adapter/maelstrom/maelstrom-line.ts';
import type { Call, HistoryOperation, Outcome } from '../../../src/check/linearizability/history.ts';
import { below, createRandom, type Random } from '../../../src/raft/random.ts';
import { eventually } from '../../support/eventually.ts';
import type { MaelstromNet } from './maelstrom-net.ts';

/** Clients that ask one thing after the other, each of any node, and write down what they were told. */
export class MaelstromClients {
  readonly history: HistoryOperation[] = [];
  readonly told = { ok: 0, definite: 0, indefinite: 0 };
  readonly #net: MaelstromNet;
  #moment = 0;
  #isOver = false;
  #values = 0;

  constructor(net: MaelstromNet) {
    this.#net = net;
  }

  /** They ask until the work that is done meanwhile is done. */
  async during(clients: number, seed: number, work: () => Promise<void>): Promise<void> {
    const all = Array.from({ length: clients }, (_, at) => this.#run(`c${at + 1}`, createRandom(seed, 'client', at)));
    await work();
    this.#isOver = true;
    await Promise.all(all);
  }

  /** Settles when so many more requests have come to their end. */
  async more(count: number): Promise<void> {
    const enough = this.history.length + count;
    await eventually(`${enough} requests have ended`, () => (this.history.length >= enough ? true : undefined));
  }

  async #run(client: string, random: Random): Promise<void> {
    for (let number = 0; !this.#isOver; number += 1) {
      const node = this.#net.ids[below(random, this.#net.ids.length)] ?? '';
      await this.#one(`${client}.${number}`, client, node, random);
    }
  }

  async #one(name: string, client: string, node: string, random: Random): Promise<void> {
    const key = String(below(random, 3));
    const call = this.#call(random);
    this.#moment += 1;
    const invokedAt = this.#moment;
    const answer = await this.#net.ask(client, node, bodyOf(key, call));
    this.#moment += 1;
    const outcome = outcomeOf(answer, call);
    this.told[outcome.type === 'unknown' ? 'indefinite' : outcome.type === 'none' ? 'definite' : 'ok'] += 1;
    // Who was never told is no client any more: each of its further requests is another's.
    this.history.push({ client: name, key, call, outcome, invokedAt, returnedAt: this.#moment });
  }

  #call(random: Random): Call {
    const drawn = below(random, 10);
    if (drawn < 4) return { type: 'read' };
    this.#values += 1;
    if (drawn < 8) return { type: 'write', value: this.#values };
    return { type: 'compare-and-set', expected: below(random, this.#values + 1), value: this.#values };
  }
}

function bodyOf(key: string, call: Call): MaelstromBody {
  switch (call.type) {
    case 'write':
      return { type: 'write', key, value: call.value };
    case 'compare-and-set':
      return { type: 'cas', key, from: call.expected, to: call.value };
    default:
      return { type: 'read', key };
  }
}

function outcomeOf(answer: MaelstromBody | undefined, call: Call): Outcome {
  if (answer === undefined) return { type: 'unknown' };
  if (answer.type === 'read_ok') return { type: 'saw', value: answer['value'] as number };
  if (answer.type === 'write_ok' || answer.type === 'cas_ok') return { type: 'ok' };
  if (answer.type !== 'error') throw new Error(`Nobody understands this answer: ${JSON.stringify(answer)}`);
  switch (answer['code']) {
    case errorCodes.timeout:
      return { type: 'unknown' };
    case errorCodes.keyDoesNotExist:
      return call.type === 'read' ? { type: 'saw', value: undefined } : { type: 'found', value: undefined };
    case errorCodes.preconditionFailed:
      return { type: 'mismatch' };
    case errorCodes.temporarilyUnavailable:
      return { type: 'none' };
    default:
      throw new Error(`A sound request is refused: ${JSON.stringify(answer)}`);
  }
}
