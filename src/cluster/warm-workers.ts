import type { NodeId } from '../raft/entry.ts';

/**
 * Workers that start while the page still finds out what they are to do: to start them takes about as long as that, and a
 * newcomer waits for both. Each is given away once.
 */
export class WarmWorkers {
  readonly #create: (id: NodeId) => Worker;
  readonly #warm = new Map<NodeId, Worker>();

  constructor(create: (id: NodeId) => Worker, nodes: readonly NodeId[]) {
    this.#create = create;
    for (const id of nodes) {
      const worker = create(id);
      this.#warm.set(id, worker);
      // Nobody would hear of it later: whoever asks for this one is to have another, and to hear why that breaks.
      worker.addEventListener('error', () => {
        if (this.#warm.get(id) === worker) this.#warm.delete(id);
      });
    }
  }

  /** The warm worker of that name, or a new one. */
  take(id: NodeId): Worker {
    const worker = this.#warm.get(id) ?? this.#create(id);
    this.#warm.delete(id);
    return worker;
  }

  /** Ends those that nobody has asked for. */
  letGo(): void {
    for (const worker of this.#warm.values()) worker.terminate();
    this.#warm.clear();
  }
}
