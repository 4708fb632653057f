import type { NodeId } from '../../raft/entry.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { PageFrame } from './attach-frame.ts';
import { mapMoments } from './map-moments.ts';

/** How long a window is, milliseconds, and the most events that are told in one. */
const WINDOW_MS = 250;
export const MAX_TOLD_EVENTS = 1_000;
/** The most bytes of events in one frame. */
const MAX_TOLD_BYTES = 450_000;

export interface MemberTellerPorts {
  /** The nodes that are connected. */
  readonly connected: () => readonly NodeId[];
  /** How far a node's clock is ahead of the page's, microseconds. */
  readonly aheadUs: (node: NodeId) => number;
  readonly send: (node: NodeId, frame: PageFrame) => boolean;
  /** Has the node in this page tell a picture of itself. */
  readonly portray: () => void;
}

/**
 * Tells other pages what the node in this page does, by way of one of the cluster's nodes: a page hears nodes, and no other page.
 * A node that does too much costs a bounded amount: the rest is left out, and made good by a picture.
 */
export class MemberTeller {
  readonly #ports: MemberTellerPorts;
  #through: NodeId | undefined;
  #told = 0;
  #isBehind = false;
  #window: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: MemberTellerPorts) {
    this.#ports = ports;
  }

  /** What it has done, in the page's time, microseconds since 1970. */
  take(events: readonly TimelineEvent[]): void {
    const through = this.#relay();
    if (through === undefined) return;
    const aheadUs = this.#ports.aheadUs(through);
    const move = (momentUs: number): number => Math.round(momentUs + aheadUs);
    let frame: TimelineEvent[] = [];
    let bytes = 0;
    const leave = (): void => {
      if (frame.length > 0) this.#ports.send(through, { type: 'tell', events: frame });
      frame = [];
      bytes = 0;
    };
    for (const { atUs, actor, event } of events) {
      const moved = { atUs: move(atUs), actor, event: mapMoments(event, move) };
      const size = new TextEncoder().encode(JSON.stringify(moved)).length;
      if (!this.#hasRoom(event.type === 'picture', size)) continue;
      if (bytes + size > MAX_TOLD_BYTES) leave();
      frame.push(moved);
      bytes += size;
    }
    leave();
  }

  close(): void {
    clearTimeout(this.#window);
  }

  /** The same node for as long as it is there. Whoever hears by another has to be shown all of it. */
  #relay(): NodeId | undefined {
    const connected = this.#ports.connected();
    if (this.#through !== undefined && connected.includes(this.#through)) return this.#through;
    const wasAnother = this.#through !== undefined;
    [this.#through] = connected;
    if (wasAnother && this.#through !== undefined) this.#ports.portray();
    return this.#through;
  }

  #hasRoom(isPicture: boolean, size: number): boolean {
    this.#openWindow();
    if (isPicture) this.#isBehind = false;
    this.#told += 1;
    if (this.#told > MAX_TOLD_EVENTS || size > MAX_TOLD_BYTES) this.#isBehind = true;
    return !this.#isBehind;
  }

  #openWindow(): void {
    this.#window ??= setTimeout(() => {
      this.#window = undefined;
      this.#told = 0;
      if (this.#isBehind) this.#ports.portray();
    }, WINDOW_MS);
  }
}
