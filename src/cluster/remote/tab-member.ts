import type { FromMember, MemberEnvelope, ToMember } from '../../../workers/member-protocol.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { ClusterError } from '../cluster-control.ts';
import { deleteDatabase } from '../orphaned-databases.ts';
import { holdLock } from '../page-lock.ts';

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
  #stopped: () => void = () => undefined;

  private constructor(node: NodeId, cluster: string, worker: Worker) {
    this.node = node;
    this.#cluster = cluster;
    this.#worker = worker;
  }

  /** Which node of that cluster this tab is, if it is one. */
  static remembered(cluster: string): NodeId | undefined {
    return sessionStorage.getItem(MEMORY + cluster) ?? undefined;
  }

  /** Starts that node, for the first time or again. Rejects with a ClusterError where it cannot be. */
  static async start(node: NodeId, cluster: string, config: RunConfig, ports: TabMemberPorts): Promise<TabMember> {
    const database = nameOf(cluster, node);
    // A tab that was doubled remembers the same.
    if (!(await holdLock(database, { ifAvailable: true }))) {
      throw new ClusterError(`${node} runs in another tab already.`);
    }
    const hasBegun = TabMember.remembered(cluster) === node;
    const worker = new Worker(new URL('../../../workers/member-worker.ts', import.meta.url), {
      type: 'module',
      name: node,
    });
    const member = new TabMember(node, cluster, worker);
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener('error', ({ message }) =>
        reject(new ClusterError(`${node} could not start: ${message}`)),
      );
      worker.addEventListener('message', ({ data }: MessageEvent<FromMember>) => {
        if (data.type === 'started') resolve();
        else if (data.type === 'send') ports.onSend(data.envelope);
        else if (data.type === 'events') ports.onEvents(data.events);
        else if (data.type === 'stopped') member.#stopped();
        else {
          reject(new ClusterError(data.sentence));
          ports.onFailure(data.sentence);
        }
      });
      member.#tell({ type: 'start', node, cluster, database, config, hasBegun });
    });
    sessionStorage.setItem(MEMORY + cluster, node);
    return member;
  }

  receive(envelope: MemberEnvelope): void {
    this.#tell({ type: 'receive', envelope });
  }

  /** Lets go of the database and of the worker; the node can be started again. */
  async stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#tell({ type: 'stop' });
    await stopped;
    this.#worker.terminate();
  }

  /** Stops for good: the node is no member any more, and its database goes. */
  async forget(): Promise<void> {
    await this.stop();
    sessionStorage.removeItem(MEMORY + this.#cluster);
    await deleteDatabase(nameOf(this.#cluster, this.node));
  }

  #tell(message: ToMember): void {
    this.#worker.postMessage(message);
  }
}

function nameOf(cluster: string, node: NodeId): string {
  return `whitewater-member/${cluster}/${node}`;
}
