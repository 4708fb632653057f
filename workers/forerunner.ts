import type { NodeHost } from '../src/host/node-host.ts';
import type { NodeId } from '../src/raft/entry.ts';
import { Simulator } from '../src/sim/simulator.ts';
import type { MemoryDisk } from '../src/storage/memory-disk.ts';
import type { ForesightOptions, Stretch } from './protocol.ts';

/** How much is played before events are thrown away, in virtual microseconds. */
const SLICE_US = 100_000;

/**
 * A worker's own simulator, in which it plays the whole run far ahead, all nodes of it, and takes its node out at the end:
 * as it is then, with its disk. Every other worker does the same, so nobody has to send anything to anybody.
 */
export class Forerunner {
  readonly #simulator: Simulator;

  constructor(options: ForesightOptions) {
    this.#simulator = new Simulator(options);
  }

  /** Plays on. What happens, the page learns from its own simulator. */
  play({ actions, untilUs }: Stretch): void {
    for (const { atUs, action } of actions) {
      this.#advance(atUs);
      this.#simulator.act(action);
    }
    this.#advance(untilUs);
    this.#simulator.takePerformed();
  }

  /** A little at a time: events that are thrown away young cost nearly nothing. */
  #advance(untilUs: number): void {
    do {
      this.#simulator.advance(Math.min(untilUs, this.#simulator.nowUs + SLICE_US));
      this.#simulator.takeEvents();
    } while (this.#simulator.nowUs < untilUs);
  }

  /** The node as it is now; undefined where it is down. It may be moved elsewhere, and then nothing more is to be played. */
  node(id: NodeId): NodeHost | undefined {
    return this.#simulator.nodes.get(id);
  }

  /** The node's disk, in whosever machine it is, and the copy of it that was put aside. */
  disksOf(owner: NodeId): { readonly disk: MemoryDisk | undefined; readonly copy: MemoryDisk | undefined } {
    const { disks, copies } = this.#simulator;
    return { disk: disks.get(owner), copy: copies.get(owner) };
  }
}
