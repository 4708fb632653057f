import { below, chance, createRandom, type Random } from '../raft/random.ts';
import type { Delay } from '../timeline/action.ts';
import type { ActorId, AnyMessage, TimelineEvent } from '../timeline/event.ts';
import { LATENCY_FLOOR_US } from '../timeline/run-config.ts';
import { linkKey, qualityOf, type World } from '../timeline/world.ts';
import type { Envelope } from './ports.ts';

/** Draws a delay in whole microseconds, uniformly from mean - spread to mean + spread, at least `floorUs`. */
export function drawDelayUs(random: Random, delay: Delay, floorUs: number): number {
  const least = Math.round((delay.meanMs - delay.spreadMs) * 1_000);
  const most = Math.round((delay.meanMs + delay.spreadMs) * 1_000);
  const drawn = least + below(random, most - least + 1);
  return drawn < floorUs ? floorUs : drawn;
}

/** Where an outbox puts what it makes. */
export interface OutboxPorts {
  readonly emit: (event: TimelineEvent) => void;
  readonly deliver: (envelope: Envelope) => void;
}

/**
 * The sending end of an actor's links. The sender decides what becomes of a message, from a generator of its own for
 * each link, so the outcome depends on nothing but the seed and what was sent before. A latency with a spread reorders.
 */
export class Outbox {
  readonly #id: ActorId;
  readonly #seed: number;
  readonly #incarnation: number;
  readonly #ports: OutboxPorts;
  readonly #randoms = new Map<ActorId, Random>();
  #sequence = 0;

  constructor(id: ActorId, seed: number, incarnation: number, ports: OutboxPorts) {
    this.#id = id;
    this.#seed = seed;
    this.#incarnation = incarnation;
    this.#ports = ports;
  }

  send(nowUs: number, to: ActorId, message: AnyMessage, world: World): void {
    const random = this.#randomFor(to);
    const quality = qualityOf(world, this.#id, to);
    // Every message draws the same things, so that another loss rate does not shift the latencies that come after it.
    const latencyUs = drawDelayUs(random, quality.latency, LATENCY_FLOOR_US);
    const lost = chance(random, quality.loss);
    const duplicated = chance(random, quality.duplication);
    const copyLatencyUs = drawDelayUs(random, quality.latency, LATENCY_FLOOR_US);
    const cut = world.cuts.has(linkKey(this.#id, to));
    this.#sendOne(nowUs, to, message, nowUs + latencyUs, cut ? 'cut' : lost ? 'lost' : 'sent', false);
    // What the link loses it cannot deliver twice: at a loss of 1 nothing gets through.
    if (duplicated && !cut && !lost) this.#sendOne(nowUs, to, message, nowUs + copyLatencyUs, 'sent', true);
  }

  #sendOne(
    nowUs: number,
    to: ActorId,
    message: AnyMessage,
    dueUs: number,
    fate: 'sent' | 'lost' | 'cut',
    copy: boolean,
  ): void {
    this.#sequence += 1;
    const messageId = `${this.#id}.${this.#incarnation}.${this.#sequence}`;
    this.#ports.emit({
      atUs: nowUs,
      actor: this.#id,
      event: { type: 'message-sent', messageId, to, dueUs, fate, copy, message },
    });
    if (fate !== 'sent') return;
    this.#ports.deliver({ messageId, sequence: this.#sequence, from: this.#id, to, sentUs: nowUs, dueUs, message });
  }

  #randomFor(to: ActorId): Random {
    let random = this.#randoms.get(to);
    if (random === undefined) {
      random = createRandom(this.#seed, 'link', this.#id, to, this.#incarnation);
      this.#randoms.set(to, random);
    }
    return random;
  }
}
