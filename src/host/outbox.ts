import { below, chance, createRandom, type Random } from '../raft/random.ts';
import type { Delay, Lateness } from '../timeline/action.ts';
import type { ActorId, LinkMessage, TimelineEvent } from '../timeline/event.ts';
import { heldUntilUs, isFlappedDown } from '../timeline/link-trouble.ts';
import { LATENCY_FLOOR_US } from '../timeline/run-config.ts';
import { toldMessage } from '../timeline/told-message.ts';
import { linkKey, type World } from '../timeline/world.ts';
import type { Envelope } from './ports.ts';

/**
 * The most messages that are on their way over one link at once, in one direction and from one incarnation of the sender. A
 * link that is full loses what else is sent, so what waits at its other end is bounded as well: an inbox holds no more than
 * its links do, and what has come in for a paused node.
 */
export const MAX_ON_LINK = 10_000;

/** Draws a delay in whole microseconds, uniformly from mean - spread to mean + spread, at least `floorUs`. */
export function drawDelayUs(random: Random, delay: Delay, floorUs: number): number {
  const least = Math.round((delay.meanMs - delay.spreadMs) * 1_000);
  const most = Math.round((delay.meanMs + delay.spreadMs) * 1_000);
  const drawn = least + below(random, most - least + 1);
  return drawn < floorUs ? floorUs : drawn;
}

/** One link, seen from its sender. */
interface Link {
  /** Its name in the world. */
  readonly key: string;
  readonly random: Random;
  /** Draws what is late. Made only where something is, and apart, so that all else is drawn as it would be without. */
  lateRandom: Random | undefined;
  /** When the messages that are on their way become due, in order. */
  readonly dueUs: number[];
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
  #ports: OutboxPorts;
  readonly #links = new Map<ActorId, Link>();
  #sequence = 0;

  constructor(id: ActorId, seed: number, incarnation: number, ports: OutboxPorts) {
    this.#id = id;
    this.#seed = seed;
    this.#incarnation = incarnation;
    this.#ports = ports;
  }

  /** From here on, that is where what it makes goes. */
  moveTo(ports: OutboxPorts): void {
    this.#ports = ports;
  }

  send(nowUs: number, to: ActorId, message: LinkMessage, world: World): void {
    const link = this.#linkTo(to);
    const { key, random } = link;
    const quality = world.linkQualities[key] ?? world.network;
    // Every message draws the same things, so that another loss rate does not shift the latencies that come after it.
    const latencyUs = drawDelayUs(random, quality.latency, LATENCY_FLOOR_US);
    const lost = chance(random, quality.loss);
    const duplicated = chance(random, quality.duplication);
    const copyLatencyUs = drawDelayUs(random, quality.latency, LATENCY_FLOOR_US);
    const heldBackUs = this.#drawLateUs(link, to, quality.reordering) ?? 0;
    const replayedUs = this.#drawLateUs(link, to, quality.replay);
    const isDown = world.cuts.has(key) || isFlappedDown(world, key, nowUs);
    const stopped = isDown ? 'cut' : lost ? 'lost' : undefined;
    const sendOne = (wishedUs: number, copy: boolean): void => {
      const dueUs = Math.max(wishedUs, heldUntilUs(world, key, nowUs));
      const fate = stopped ?? (isFlappedDown(world, key, dueUs) ? 'cut' : 'sent');
      this.#sendOne(nowUs, to, message, dueUs, fate, copy);
    };
    sendOne(nowUs + latencyUs + heldBackUs, false);
    // What the link loses it cannot deliver twice: at a loss of 1 nothing gets through.
    if (stopped !== undefined) return;
    if (duplicated) sendOne(nowUs + copyLatencyUs, true);
    if (replayedUs !== undefined) sendOne(nowUs + copyLatencyUs + replayedUs, true);
  }

  #sendOne(
    nowUs: number,
    to: ActorId,
    message: LinkMessage,
    dueUs: number,
    wished: 'sent' | 'lost' | 'cut',
    copy: boolean,
  ): void {
    const fate = wished === 'sent' && !takesRoom(this.#linkTo(to), nowUs, dueUs) ? 'lost' : wished;
    this.#sequence += 1;
    const messageId = `${this.#id}.${this.#incarnation}.${this.#sequence}`;
    this.#ports.emit({
      atUs: nowUs,
      actor: this.#id,
      event: { type: 'message-sent', messageId, to, dueUs, fate, copy, message: toldMessage(message) },
    });
    if (fate !== 'sent') return;
    this.#ports.deliver({ messageId, sequence: this.#sequence, from: this.#id, to, sentUs: nowUs, dueUs, message });
  }

  #linkTo(to: ActorId): Link {
    let link = this.#links.get(to);
    if (link === undefined) {
      const random = createRandom(this.#seed, 'link', this.#id, to, this.#incarnation);
      link = { key: linkKey(this.#id, to), random, lateRandom: undefined, dueUs: [] };
      this.#links.set(to, link);
    }
    return link;
  }

  /** How late this message is, in microseconds; undefined where that does not befall it. */
  #drawLateUs(link: Link, to: ActorId, lateness: Lateness | undefined): number | undefined {
    if (lateness === undefined) return undefined;
    link.lateRandom ??= createRandom(this.#seed, 'late', this.#id, to, this.#incarnation);
    const random = link.lateRandom;
    const isLate = chance(random, lateness.chance);
    const lateUs = drawDelayUs(random, lateness.delay, 0);
    return isLate ? lateUs : undefined;
  }
}

/** Puts one more message on its way, unless the link is full. */
function takesRoom({ dueUs: onTheirWay }: Link, nowUs: number, dueUs: number): boolean {
  // Looked for only now and then, so that a message costs no more for those before it.
  if (onTheirWay.length >= MAX_ON_LINK) {
    const arrived = onTheirWay.findIndex((moment) => moment > nowUs);
    onTheirWay.splice(0, arrived === -1 ? onTheirWay.length : arrived);
    if (onTheirWay.length >= MAX_ON_LINK) return false;
  }
  // What is sent later is mostly due later, so the place is looked for from the end.
  let place = onTheirWay.length;
  while (place > 0 && (onTheirWay[place - 1] ?? 0) > dueUs) place -= 1;
  if (place === onTheirWay.length) onTheirWay.push(dueUs);
  else onTheirWay.splice(place, 0, dueUs);
  return true;
}
