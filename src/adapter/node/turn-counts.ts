import type { EventBody } from '../../timeline/event.ts';
import type { NodeCounts } from './node-status.ts';

/** Counts what a node does. */
export class TurnCounts {
  readonly #counts: { -readonly [Key in keyof NodeCounts]: NodeCounts[Key] } = {
    turns: 0,
    inputs: 0,
    writes: 0,
    entriesWritten: 0,
    writeMs: 0,
    applied: 0,
    messagesSent: 0,
    messagesLost: 0,
    messagesReceived: 0,
    elections: 0,
    electionsWon: 0,
  };

  all(): NodeCounts {
    return { ...this.#counts };
  }

  turn(inputs: number): void {
    this.#counts.turns += 1;
    this.#counts.inputs += inputs;
  }

  written(entries: number, tookMs: number): void {
    this.#counts.writes += 1;
    this.#counts.entriesWritten += entries;
    this.#counts.writeMs += tookMs;
  }

  sent(fate: 'sent' | 'lost' | 'cut'): void {
    this.#counts.messagesSent += 1;
    if (fate !== 'sent') this.#counts.messagesLost += 1;
  }

  received(): void {
    this.#counts.messagesReceived += 1;
  }

  event({ type }: EventBody): void {
    if (type === 'applied') this.#counts.applied += 1;
    else if (type === 'became-candidate') this.#counts.elections += 1;
    else if (type === 'became-leader') this.#counts.electionsWon += 1;
  }
}
