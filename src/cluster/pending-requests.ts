import type { Fate } from '../kv/client-message.ts';
import { ClusterError } from './cluster-control.ts';

/** Those who wait for the fate of a request. */
export class PendingRequests {
  readonly #waiting = new Map<
    string,
    { readonly resolve: (fate: Fate) => void; readonly reject: (error: Error) => void }
  >();

  /** Settles when the request ends, or rejects when nobody will ever know. */
  expect(requestId: string): Promise<Fate> {
    const fate = new Promise<Fate>((resolve, reject) => this.#waiting.set(requestId, { resolve, reject }));
    // Whoever asked may be gone by the time the cluster is thrown away: that is no unhandled rejection.
    fate.catch(() => undefined);
    return fate;
  }

  end(requestId: string, fate: Fate): void {
    this.#waiting.get(requestId)?.resolve(fate);
    this.#waiting.delete(requestId);
  }

  abandon(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new ClusterError(why));
    this.#waiting.clear();
  }
}
