import { seededRandom, type Random } from './seeded-random.ts';
import type { Call, HistoryOperation, Outcome, Value } from '../../../src/check/linearizability/history.ts';

export interface HistoryShape {
  readonly seed: number;
  readonly clients: number;
  readonly operations: number;
  readonly keys: number;
  readonly model: 'register' | 'kv';
  /** How many values there are to write; undefined: each write has one of its own. */
  readonly values: number | undefined;
  /** How often, out of 100, a client is never answered. */
  readonly unknownPercent: number;
  /** Writes out of 100 operations; half of the rest read. */
  readonly writePercent?: number;
  /** Appends say what they came to, and refused swaps what they found, half of the time; and some values are empty. */
  readonly tells?: boolean;
}

interface Open {
  readonly client: string;
  readonly key: string;
  readonly call: Call;
  readonly invokedAt: number;
  outcome: Outcome | undefined;
}

/**
 * What clients of a correct store would have seen: each operation takes effect at one moment between its invocation and its
 * return. Those that are never answered take effect later, sometimes much later, or never; their client gets a new name.
 */
export function randomHistory(shape: HistoryShape): HistoryOperation[] {
  const random = seededRandom(shape.seed);
  const store = new Map<string, Value>();
  const history: HistoryOperation[] = [];
  const names = Array.from({ length: shape.clients }, (_, client) => client);
  const open = new Map<number, Open>();
  const late: Open[] = [];
  let invoked = 0;
  for (let moment = 0; invoked < shape.operations || open.size > 0; moment += 1) {
    if (late.length > 0 && random(20) === 0) takeEffect(store, late.splice(random(late.length), 1)[0], false);
    const client = random(shape.clients);
    const operation = open.get(client);
    if (operation === undefined) {
      if (invoked === shape.operations) continue;
      const key = `k${random(shape.keys)}`;
      const call = randomCall(shape, random, invoked, store.get(key));
      open.set(client, { client: String(names[client]), key, call, invokedAt: moment, outcome: undefined });
      invoked += 1;
    } else if (operation.outcome === undefined && random(100) < shape.unknownPercent) {
      open.delete(client);
      names[client] = (names[client] ?? 0) + shape.clients;
      history.push(asked(operation, { type: 'unknown' }, Infinity));
      if (random(2) === 0) late.push(operation);
    } else if (operation.outcome === undefined) {
      takeEffect(store, operation, shape.tells === true && random(2) === 0);
    } else {
      open.delete(client);
      history.push(asked(operation, operation.outcome, moment));
    }
  }
  return history.sort((one, other) => one.invokedAt - other.invokedAt);
}

function asked({ client, key, call, invokedAt }: Open, outcome: Outcome, returnedAt: number): HistoryOperation {
  return { client, key, call, outcome, invokedAt, returnedAt };
}

function randomCall(shape: HistoryShape, random: Random, count: number, held: Value): Call {
  const value = (): string => {
    if (shape.tells === true && random(12) === 0) return '';
    return shape.values === undefined ? `v${count}.` : String(random(shape.values));
  };
  const roll = random(100);
  const writes = shape.writePercent ?? 40;
  if (roll < writes) {
    if (shape.model === 'register') return { type: 'write', value: value() };
    if (roll < writes / 8) return { type: 'delete' };
    return roll < writes / 4 ? { type: 'write', value: value() } : { type: 'append', value: value() };
  }
  if (roll < writes + (100 - writes) / 2) return { type: 'read' };
  const guess = shape.values === undefined ? `v${Math.max(0, count - 1 - random(5))}.` : String(random(shape.values));
  const expected = random(2) === 0 ? held : guess;
  return { type: 'compare-and-set', expected, value: value() };
}

function takeEffect(store: Map<string, Value>, operation: Open | undefined, tells: boolean): void {
  if (operation === undefined) return;
  const { call, key } = operation;
  const held = store.get(key);
  switch (call.type) {
    case 'read':
      operation.outcome = { type: 'saw', value: held };
      return;
    case 'write':
      store.set(key, call.value);
      break;
    case 'delete':
      store.delete(key);
      break;
    case 'append':
      store.set(key, (typeof held === 'string' ? held : '') + call.value);
      break;
    case 'compare-and-set':
      if (held !== call.expected) {
        operation.outcome = tells ? { type: 'found', value: held } : { type: 'mismatch' };
        return;
      }
      store.set(key, call.value);
      break;
  }
  const isTold = tells && call.type === 'append';
  operation.outcome = isTold ? { type: 'saw', value: store.get(key) } : { type: 'ok' };
}
