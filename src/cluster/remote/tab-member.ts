import type { FromMember, MemberEnvelope, ToMember } from '../../../workers/member-protocol.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { ClusterError } from '../cluster-control.ts';
import { deleteDatabase } from '../delete-database.ts';
import { takeLock } from '../page-lock.ts';

/** Under which a tab remembers, until it is closed, that it is a member of that cluster. */
const MEMORY = 'whitewater.member.';

export interface TabMemberPorts {
  readonly onSend: (envelope: MemberEnvelope) => void;
  readonly onEvents: (events: readonly TimelineEvent[]) => void;
  readonly onFailure: (sentence: string) => void;
}

/**
 * A node in this tab that is a member of a real cluster: a worker, and a database of the browser. A tab that is reloaded is the
 * same node again. IndexedDB is written as the browser sees fit: it outlives the tab and the browser, and in most of them
 * not a power cut of the machine.
 */
export class TabMember {
  readonly node: NodeId;
  readonly #cluster: string;
  readonly #worker: Worker;
  readonly #letGo: () => void;
  /** Settles when the worker has let go of the database, or is no more. */
  readonly #stopped: Promise<void>;

  private constructor(node: NodeId, cluster: string, worker: Worker, letGo: () => void) {
    this.node = node;
    this.#cluster = cluster;
    this.#worker = worker;
    this.#letGo = letGo;
    this.#stopped = new Promise((resolve) => {
      worker.addEventListener('error', () => resolve());
      worker.addEventListener('message', ({ data }: MessageEvent<FromMember>) => {
        if (data.type === 'stopped') resolve();
      });
    });
  }

  /** Which node of that cluster this tab is, if it is one. */
  static remembered(cluster: string): NodeId | undefined {
    return sessionStorage.getItem(MEMORY + cluster) ?? undefined;
  }

  /** Starts that node, for the first time or again. Rejects with a ClusterError where it cannot be. */
  static async start(node: NodeId, cluster: string, config: RunConfig, ports: TabMemberPorts): Promise<TabMember> {
    const database = nameOf(cluster, node);
    // A tab that was doubled remembers the same.
    const letGo = await takeLock(database);
    if (letGo === undefined) throw new ClusterError(`${node} runs in another tab already.`);
    const hasBegun = TabMember.remembered(cluster) === node;
    const worker = new Worker(new URL('../../../workers/member-worker.ts', import.meta.url), {
      type: 'module',
      name: node,
    });
    const member = new TabMember(node, cluster, worker, letGo);
    try {
      await member.#begin({ type: 'start', node, cluster, database, config, hasBegun }, ports);
    } catch (error) {
      member.#end();
      throw error;
    }
    sessionStorage.setItem(MEMORY + cluster, node);
    return member;
  }

  receive(envelope: MemberEnvelope): void {
    this.#tell({ type: 'receive', envelope });
  }

  portray(): void {
    this.#tell({ type: 'portray' });
  }

  /** Lets go of the database and of the worker; the node can be started again. */
  async stop(): Promise<void> {
    this.#tell({ type: 'stop' });
    await this.#stopped;
    this.#end();
  }

  /** Stops for good: the node is no member any more, and its database goes. */
  async forget(): Promise<void> {
    await this.stop();
    sessionStorage.removeItem(MEMORY + this.#cluster);
    await deleteDatabase(nameOf(this.#cluster, this.node));
  }

  /** Rejects with a ClusterError where it cannot start. That is a failure too, like what goes wrong later. */
  #begin(start: ToMember, ports: TabMemberPorts): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (sentence: string): void => {
        reject(new ClusterError(sentence));
        ports.onFailure(sentence);
      };
      this.#worker.addEventListener('error', ({ message }) => fail(`${this.node} stopped: ${message}`));
      this.#worker.addEventListener('message', ({ data }: MessageEvent<FromMember>) => {
        if (data.type === 'send') ports.onSend(data.envelope);
        else if (data.type === 'events') ports.onEvents(data.events);
        else if (data.type === 'failed') fail(data.sentence);
        else if (data.type === 'started') resolve();
      });
      this.#tell(start);
    });
  }

  #end(): void {
    this.#worker.terminate();
    this.#letGo();
  }

  #tell(message: ToMember): void {
    this.#worker.postMessage(message);
  }
}

function nameOf(cluster: string, node: NodeId): string {
  return `whitewater-member/${cluster}/${node}`;
}
