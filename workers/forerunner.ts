import type { NodeHost } from '../src/host/node-host.ts';
import type { NodeId } from '../src/raft/entry.ts';
import { Simulator } from '../src/sim/simulator.ts';
import type { MemoryDisk } from '../src/storage/memory-disk.ts';
import type { ForesightOptions, Stretch } from './protocol.ts';

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
      this.#simulator.advance(atUs);
      this.#simulator.act(action);
    }
    this.#simulator.advance(untilUs);
    this.#simulator.takeEvents();
    this.#simulator.takePerformed();
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
