import type { LogCommand } from '../kv/command.ts';
import type { ActorId } from '../timeline/event.ts';

/** Who waits for an answer: the actor that asked, and the client for whom it did where that is another. */
export interface Asker {
  readonly requestId: string;
  readonly from: ActorId;
  readonly forwardedFor: ActorId | undefined;
  readonly command: LogCommand;
}

/** A proposal that stands in this leader's log and whose client waits. */
export interface PendingProposal extends Asker {
  readonly term: number;
}

/**
 * The proposals that wait to be applied. Each has its entry in the leader's log beyond the commit index, of which there
 * are at most `maxUncommittedEntries`; when the lead ends, all are let go.
 */
export class PendingProposals {
  readonly #byIndex = new Map<number, PendingProposal>();
  /** By the name of the command, which is told by what stands in it: two clients may call their requests the same. */
  readonly #indexes = new Map<string, number>();

  get size(): number {
    return this.#byIndex.size;
  }

  add(index: number, proposal: PendingProposal): void {
    this.#byIndex.set(index, proposal);
    this.#indexes.set(nameOf(proposal), index);
  }

  /**
   * Whether that command waits here already: a repeat needs no second entry, for the one answer serves both. It goes to
   * whoever asked last, who is the likeliest to be still there.
   */
  isRepeat(asker: Asker): boolean {
    const index = this.#indexes.get(nameOf(asker));
    const pending = index === undefined ? undefined : this.#byIndex.get(index);
    if (index === undefined || pending === undefined) return false;
    this.#byIndex.set(index, { ...asker, term: pending.term });
    return true;
  }

  /** The one whose entry stands at that index; it waits no longer. */
  take(index: number): PendingProposal | undefined {
    const pending = this.#byIndex.get(index);
    if (pending === undefined) return undefined;
    this.#byIndex.delete(index);
    this.#indexes.delete(nameOf(pending));
    return pending;
  }

  /** All of them; none waits any longer. */
  takeAll(): readonly PendingProposal[] {
    const all = [...this.#byIndex.values()];
    this.#byIndex.clear();
    this.#indexes.clear();
    return all;
  }
}

/** What makes a retry recognisable: of a client's command its number; of a session that is to be opened, the request alone. */
function nameOf({ requestId, command }: Asker): string {
  if ('type' in command) return `open ${requestId.length} ${requestId} ${command.client}`;
  return `${command.sequence} ${command.session ?? ''} ${command.client}`;
}
