import { expose } from 'comlink';
import type { StorageWrite } from '../../src/host/ports.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import { MemoryDisk } from '../../src/storage/memory-disk.ts';
import { NodeHome } from '../../workers/node-home.ts';
import type { NodeWorkerControl } from '../../workers/protocol.ts';

/** What may go wrong in a worker, so that a test can see to it that it does. Whatever is not given goes well. */
export interface Troubles {
  /** Stands before each write; one that rejects fails it, one that never settles leaves it under way. */
  readonly beforeWrite?: (worker: ThreadWorker, write: StorageWrite) => Promise<void> | undefined;
  /** Stands between a write and its answer. */
  readonly afterWrite?: (worker: ThreadWorker, write: StorageWrite) => Promise<void> | undefined;
  readonly beforeConnect?: (worker: ThreadWorker, peer: NodeId) => void;
  readonly beforeStart?: (worker: ThreadWorker) => void;
  /** Stands before a database is filled where a node lands that was played ahead. */
  readonly beforeFill?: (worker: ThreadWorker) => void;
}

/** The databases of a browser, by name: they outlive the workers. */
export type Platters = Map<string, MemoryDisk>;

/**
 * A node's home as the page finds it in a web worker, but in this thread: comlink, grants and peers on real message
 * channels, its database in memory. It can break, which a real worker does at nobody's command.
 */
export class ThreadWorker {
  readonly id: NodeId;
  readonly #page: MessagePort;
  readonly #listeners: ((event: { readonly message: string }) => void)[] = [];
  readonly #ports: MessagePort[] = [];
  #dead = false;
  /** Set to lose what the node sends to its peers from here on. */
  mute = false;

  constructor(id: NodeId, platters: Platters, troubles: Troubles = {}) {
    this.id = id;
    const { port1, port2 } = new MessageChannel();
    this.#page = port1;
    this.#ports.push(port1, port2);
    const diskOf = (databaseName: string): MemoryDisk => {
      const disk = platters.get(databaseName) ?? new MemoryDisk(databaseName.split('/')[2]);
      platters.set(databaseName, disk);
      return disk;
    };
    const home = new NodeHome({
      onBroken: (error) => this.break(String(error)),
      openDatabase: ({ id: node, databaseName }) => {
        const disk = diskOf(databaseName);
        return Promise.resolve({
          load: () => new Promise((resolve) => resolve(disk.load(node))),
          damage: (damage) => disk.damage(damage),
          fill: (source) => {
            troubles.beforeFill?.(this);
            disk.takeFrom(source);
          },
          write: async (write: StorageWrite) => {
            await troubles.beforeWrite?.(this, write);
            if (this.#dead) return never;
            disk.write(write);
            return troubles.afterWrite?.(this, write);
          },
        });
      },
      copyDatabase: async ({ from, to }) => diskOf(to).takeFrom(diskOf(from)),
    });
    const control: NodeWorkerControl = {
      open: (options) => home.open(options),
      damage: (options) => home.damage(options),
      copy: (options) => home.copy(options),
      foresee: (options) => home.foresee(options),
      playAhead: (stretch) => home.playAhead(stretch),
      land: (options) => home.land(options),
      start: async (options, port) => {
        troubles.beforeStart?.(this);
        return home.start(options, this.#leash(port));
      },
      connect: async (peer, port) => {
        troubles.beforeConnect?.(this, peer);
        const leashed = this.#leash(port);
        const post = leashed.postMessage.bind(leashed);
        leashed.postMessage = (message: unknown) => {
          if (!this.mute) post(message);
        };
        return home.connect(peer, leashed);
      },
    };
    expose(control, port2);
  }

  /** As a page's `Worker`, of which an engine uses no more than this. */
  static as(worker: ThreadWorker): Worker {
    return worker as unknown as Worker;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'error') this.#listeners.push(listener as (event: { readonly message: string }) => void);
    else if (type === 'message') this.#page.addEventListener('message', listener as (event: MessageEvent) => void);
    this.#page.start();
  }

  removeEventListener(type: string, listener: (event: never) => void): void {
    if (type === 'message') this.#page.removeEventListener('message', listener as (event: MessageEvent) => void);
  }

  postMessage(message: unknown, transferred: Transferable[] = []): void {
    if (!this.#dead) this.#page.postMessage(message, transferred);
  }

  terminate(): void {
    this.#dead = true;
    for (const port of this.#ports) port.close();
  }

  /** Something in it threw and nobody caught it. */
  break(message: string): void {
    for (const listener of this.#listeners) listener({ message });
  }

  /** A port that falls silent with its worker. */
  #leash(port: MessagePort): MessagePort {
    const isDead = (): boolean => this.#dead;
    this.#ports.push(port);
    const leash = {
      postMessage: (message: unknown) => {
        if (!isDead()) port.postMessage(message);
      },
      close: () => port.close(),
      set onmessage(listener: (event: MessageEvent) => void) {
        port.onmessage = (event) => {
          if (!isDead()) listener(event);
        };
      },
    };
    return leash as unknown as MessagePort;
  }
}

/** What a worker that is no more answers. */
const never = new Promise<never>(() => undefined);
