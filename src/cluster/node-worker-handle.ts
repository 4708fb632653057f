import { transfer, wrap, type Remote } from 'comlink';
import { endReport } from '../../workers/end-report.ts';
import type { Answer, Grant, NodeWorkerControl, OpenResult, Report, StartOptions } from '../../workers/protocol.ts';
import type { NodeId } from '../raft/entry.ts';
import type { DiskDamage } from '../timeline/action.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';

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
  #answered: ((report: Report) => void) | undefined;
  #lastReport: Report | undefined;
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

  damage(databaseName: string, cluster: string, damage: DiskDamage): Promise<void> {
    return this.#settle(this.#control.damage({ id: this.id, databaseName, cluster, begun: true, damage }));
  }

  copy(from: string, to: string, cluster: string): Promise<void> {
    return this.#settle(this.#control.copy({ id: this.id, cluster, from, to }));
  }

  /** Any other call of the worker's, see {@link NodeWorkerControl}; for one that may take long, how long, in real milliseconds. */
  ask<Value>(call: (control: Remote<NodeWorkerControl>) => Promise<Value>, patienceMs?: number): Promise<Value> {
    return this.#settle(call(this.#control), patienceMs);
  }

  start(options: StartOptions): Promise<Report> {
    const { port1, port2 } = new MessageChannel();
    this.#grants = port1;
    port1.onmessage = (message: MessageEvent<Answer>) => this.#hear(message.data);
    port1.onmessageerror = () => this.#lose(new Error(`${this.id}'s worker sent what cannot be read.`));
    return this.#settle(this.#control.start(options, transfer(port2, [port2])));
  }

  connect(peer: NodeId, port: MessagePort): Promise<void> {
    return this.#settle(this.#control.connect(peer, transfer(port, [port])));
  }

  /** What the grant came to, when that is on the node's disk. One grant at a time. */
  grant(grant: Grant): Promise<Report> {
    this.#lastReport = undefined;
    const answered = new Promise<Report>((resolve) => {
      this.#answered = resolve;
    });
    this.#grants?.postMessage(grant);
    return this.#settle(answered);
  }

  /** Why no call will ever be answered any more: the worker broke, took too long or was ended. */
  get gone(): Error | undefined {
    return this.#gone;
  }

  /** What the node says that its last grant came to, whether or not that is on its disk. */
  get lastReport(): Report | undefined {
    return this.#lastReport;
  }

  /** Ends the worker. What was not yet on the node's disk is lost; what it has said is still heard. */
  stop(): void {
    this.#worker.terminate();
    this.#lose(new Error(`${this.id}'s worker was terminated.`));
  }

  /** Ends the worker and hears no more of it. */
  terminate(): void {
    this.stop();
    this.#grants?.close();
  }

  #hear(answer: Answer): void {
    if (answer.type === 'report') {
      this.#lastReport = answer.report;
      if (answer.report.writes.length > 0) return;
    }
    if (this.#lastReport === undefined) return;
    const failure = answer.type === 'written' ? answer.failure : undefined;
    this.#answered?.(failure === undefined ? this.#lastReport : endReport(this.#lastReport, failure));
  }

  #lose(error: Error): void {
    this.#gone ??= error;
    for (const reject of this.#waiting) reject(this.#gone);
  }

  #settle<Value>(promise: Promise<Value>, patienceMs = WORKER_PATIENCE_MS): Promise<Value> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return new Promise<Value>((resolve, reject) => {
      const patience = setTimeout(
        () => this.#lose(new Error(`${this.id}'s worker has not answered for ${patienceMs / 1_000} s.`)),
        patienceMs,
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
        (error: unknown) => lost(error instanceof Error ? error : new Error(sentenceOfError(error))),
      );
    });
  }
}
