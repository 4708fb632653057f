import type { ClientReply } from '../../kv/client-message.ts';
import type { NodeId } from '../../raft/entry.ts';

/** The most questions of a node's own clients that wait for an answer; for one more the oldest is forgotten, as if the answer were lost. */
export const MAX_WAITING_QUESTIONS = 10_000;

/** What a node says to a client of its own; `answeredBy` is the node that the answer comes from, where that is another. */
export type Answer = (outcome: ClientReply['outcome'], answeredBy: NodeId | undefined) => void;

/** Who waits for which answer. */
export class Questions {
  readonly #waiting = new Map<string, Answer>();
  #answered: (() => void)[] = [];

  get size(): number {
    return this.#waiting.size;
  }

  /** The same request asked again is the same question, answered to whoever asked last. Gives how to forget it. */
  add(requestId: string, answer: Answer): () => void {
    this.#waiting.delete(requestId);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_WAITING_QUESTIONS && oldest !== undefined) this.#waiting.delete(oldest);
    this.#waiting.set(requestId, answer);
    return () => {
      if (this.#waiting.get(requestId) === answer) this.#waiting.delete(requestId);
    };
  }

  /** An answer has come. It is passed on when the turn is over. */
  take({ requestId, outcome, answeredBy }: ClientReply): void {
    const answer = this.#waiting.get(requestId);
    if (answer === undefined) return;
    this.#waiting.delete(requestId);
    this.#answered.push(() => answer(outcome, answeredBy));
  }

  /** Passes on what has come. Whoever is told may ask anew. */
  tell(): void {
    if (this.#answered.length === 0) return;
    const answered = this.#answered;
    this.#answered = [];
    for (const one of answered) one();
  }
}
