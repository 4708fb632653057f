import type { NodeId } from '../../raft/entry.ts';
import { ClusterError } from '../cluster-control.ts';

/** How long a node may take to say whether a name is free, milliseconds; one that is older says nothing. */
const ANSWER_MS = 1_500;

/** Some node knows another node of that name. */
export class NameTaken extends ClusterError {}

interface Waiting {
  readonly name: NodeId;
  readonly open: Set<NodeId>;
  readonly settle: (why: string | undefined) => void;
}

/** A name for a node in this page, while it is asked of all nodes whether it is free. */
export class NameClaim {
  #waiting: Waiting | undefined;

  /** Settles when each of those has let the name in, or has said nothing for a while. Rejects with a {@link NameTaken}. */
  async letIn(name: NodeId, by: readonly NodeId[]): Promise<void> {
    if (by.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const why = await new Promise<string | undefined>((resolve) => {
      this.#waiting = { name, open: new Set(by), settle: resolve };
      timer = setTimeout(() => resolve(undefined), ANSWER_MS);
    });
    clearTimeout(timer);
    this.#waiting = undefined;
    if (why !== undefined) throw new NameTaken(why);
  }

  /** A node's answer; `why` where it does not let the name in. Whether anybody waits for it. */
  answered(by: NodeId | undefined, name: NodeId, why: string | undefined): boolean {
    const waiting = this.#waiting;
    if (by === undefined || waiting === undefined || waiting.name !== name) return false;
    waiting.open.delete(by);
    if (why !== undefined || waiting.open.size === 0) waiting.settle(why);
    return true;
  }
}
