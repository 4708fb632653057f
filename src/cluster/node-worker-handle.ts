import { transfer, wrap, type Remote } from 'comlink';
import type { Grant, NodeWorkerControl, OpenResult, Report, StartOptions } from '../../workers/protocol.ts';
import type { NodeId } from '../raft/entry.ts';

/** How long a worker may take over one call before it counts as gone, in real milliseconds. */
const WORKER_PATIENCE_MS = 30_000;

/**
 * The page's end of one node's worker. A call to a worker that was terminated would never settle (comlink issue 601), so
 * every call here rejects when the worker is terminated, when it breaks, and when it takes longer than
 * {@link WORKER_PATIENCE_MS}.
 */
export class NodeWorkerHandle {
  readonly id: NodeId;
  readonly #worker: Worker;
  readonly #control: Remote<NodeWorkerControl>;
  readonly #waiting = new Set<(error: Error) => void>();
  #grants: MessagePort | undefined;
  readonly #reports: ((report: Report) => void)[] = [];
  #gone: Error | undefined;

  constructor(id: NodeId, worker: Worker) {
    this.id = id;
    this.#worker = worker;
    this.#control = wrap<NodeWorkerControl>(worker);
    worker.addEventListener('error', (event) => this.#lose(new Error(`${id}'s worker broke: ${event.message}`)));
    worker.addEventListener('messageerror', () => this.#lose(new Error(`${id}'s worker sent what cannot be read.`)));
  }

  open(databaseName: string, cluster: string, begun: boolean): Promise<OpenResult> {
    return this.#settle<OpenResult>(this.#control.open({ id: this.id, databaseName, cluster, begun }));
  }

  start(options: StartOptions): Promise<Report> {
    const { port1, port2 } = new MessageChannel();
    this.#grants = port1;
    port1.onmessage = (message: MessageEvent<Report>) => this.#reports.shift()?.(message.data);
    return this.#settle(this.#control.start(options, transfer(port2, [port2])));
  }

  connect(peer: NodeId, port: MessagePort): Promise<void> {
    return this.#settle(this.#control.connect(peer, transfer(port, [port])));
  }

  /** Reports come back in the order of the grants. */
  grant(grant: Grant): Promise<Report> {
    const answered = new Promise<Report>((resolve) => this.#reports.push(resolve));
    this.#grants?.postMessage(grant);
    return this.#settle(answered);
  }

  /** What was not yet on the node's disk is lost. */
  terminate(): void {
    this.#worker.terminate();
    this.#grants?.close();
    this.#lose(new Error(`${this.id}'s worker was terminated.`));
  }

  #lose(error: Error): void {
    this.#gone ??= error;
    for (const reject of this.#waiting) reject(this.#gone);
  }

  #settle<Value>(promise: Promise<Value>): Promise<Value> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise<Value>((resolve, reject) => {
      const patience = setTimeout(
        () => this.#lose(new Error(`${this.id}'s worker has not answered for ${WORKER_PATIENCE_MS / 1_000} s.`)),
        WORKER_PATIENCE_MS,
      );
      const done = (): void => {
        clearTimeout(patience);
        this.#waiting.delete(lost);
      };
      const lost = (error: Error): void => {
        done();
        reject(error);
      };
      this.#waiting.add(lost);
      promise.then(
        (value) => {
          done();
          resolve(value);
        },
        (error: unknown) => lost(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }
}
