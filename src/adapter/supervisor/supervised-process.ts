import type { NodeId } from '../../raft/entry.ts';
import { readParentMessage, type ChildMessage } from './supervisor-message.ts';
import type { SupervisedNode, Supervision, SupervisionVerb } from './supervision.ts';

/** How long an order to the supervisor may take, milliseconds. */
const PATIENCE_MS = 30_000;

interface Asked {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** A node's own process, seen from inside, where another has started it and can do things to the whole cluster. */
export class SupervisedProcess implements Supervision {
  readonly #asked = new Map<number, Asked>();
  readonly #listeners = new Set<() => void>();
  #states: readonly SupervisedNode[] = [];
  #count = 0;

  /** `onStop`: it is told to end, or whoever started it is gone. */
  constructor(onStop: () => void) {
    process.on('message', (value) => this.#take(value, onStop));
    process.on('disconnect', onStop);
  }

  /** Undefined where nobody supervises this process: not whoever has a channel to it does, but who said so as well. */
  static begin(isSupervised: boolean, onStop: () => void): SupervisedProcess | undefined {
    return isSupervised && process.send !== undefined ? new SupervisedProcess(onStop) : undefined;
  }

  listening(url: string): void {
    tell({ type: 'listening', url });
  }

  /** Who belongs to the cluster, by the configuration of that index. */
  members(index: number, members: readonly NodeId[]): void {
    tell({ type: 'members', index, members: [...members] });
  }

  /** Nothing is heard any more, so that the process can end. */
  end(): void {
    if (process.connected) process.disconnect();
  }

  kill(node: NodeId): Promise<void> {
    return this.#ask('kill', node);
  }

  revive(node: NodeId): Promise<void> {
    return this.#ask('revive', node);
  }

  restart(node: NodeId): Promise<void> {
    return this.#ask('restart', node);
  }

  pause(node: NodeId): Promise<void> {
    return this.#ask('pause', node);
  }

  resume(node: NodeId): Promise<void> {
    return this.#ask('resume', node);
  }

  start(node: NodeId): Promise<void> {
    return this.#ask('start', node);
  }

  states(): readonly SupervisedNode[] {
    return this.#states;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #ask(verb: SupervisionVerb, node: NodeId): Promise<void> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      if (!process.connected) return reject(new Error('Whoever started this process is gone.'));
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new Error(`The supervisor gave no answer within ${PATIENCE_MS} ms.`));
      }, PATIENCE_MS);
      this.#asked.set(id, { resolve, reject, timer });
      tell({ type: 'ask', id, verb, node });
    });
  }

  #take(value: unknown, onStop: () => void): void {
    const message = readParentMessage(value);
    switch (message?.type) {
      case 'stop':
        onStop();
        return;
      case 'states':
        this.#states = message.states.map(({ node, status, pid }) => ({ node, status, pid }));
        for (const listener of this.#listeners) listener();
        return;
      case 'done':
        this.#settle(message.id)?.resolve();
        return;
      case 'refused':
        this.#settle(message.id)?.reject(new Error(message.sentence));
        return;
      case undefined:
        return;
    }
  }

  #settle(id: number): Asked | undefined {
    const asked = this.#asked.get(id);
    if (asked === undefined) return undefined;
    this.#asked.delete(id);
    clearTimeout(asked.timer);
    return asked;
  }
}

function tell(message: ChildMessage): void {
  // It may have gone at this very moment, which the end of the channel says.
  process.send?.(message, undefined, undefined, () => undefined);
}
