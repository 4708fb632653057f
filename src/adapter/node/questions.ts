import { createHash } from 'node:crypto';
import { MAX_REQUEST_ID_LENGTH } from '../../host/link-message.ts';
import type { ClientReply } from '../../kv/client-message.ts';
import type { NodeId } from '../../raft/entry.ts';

/**
 * The most questions of a node's own clients that wait for an answer; for one more the oldest of whoever has most is forgotten,
 * as if the answer were lost.
 */
export const MAX_WAITING_QUESTIONS = 10_000;

/** What a node says to a client of its own; `answeredBy` is the node that the answer comes from, where that is another. */
export type Answer = (outcome: ClientReply['outcome'], answeredBy: NodeId | undefined) => void;

/** Who waits for which answer. */
export class Questions {
  /** By their names in the cluster. */
  readonly #waiting = new Map<string, { readonly answer: Answer; readonly asker: string }>();
  /** The names of each asker's questions, the oldest first. */
  readonly #names = new Map<string, Set<string>>();
  #answered: (() => void)[] = [];

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * The same question asked again is one question, answered to whoever asked last. `asker` is whose it is: one who asks very much
   * pushes out its own. Gives how to forget it.
   */
  add(name: string, answer: Answer, asker = ''): () => void {
    this.#forget(name);
    if (this.#waiting.size >= MAX_WAITING_QUESTIONS) this.#makeRoom();
    this.#waiting.set(name, { answer, asker });
    const names = this.#names.get(asker);
    if (names === undefined) this.#names.set(asker, new Set([name]));
    else names.add(name);
    return () => {
      if (this.#waiting.get(name)?.answer === answer) this.#forget(name);
    };
  }

  /** An answer has come. It is passed on when the turn is over. */
  take({ requestId, outcome, answeredBy }: ClientReply): void {
    const waiting = this.#waiting.get(requestId);
    if (waiting === undefined) return;
    this.#forget(requestId);
    this.#answered.push(() => waiting.answer(outcome, answeredBy));
  }

  /** Passes on what has come. Whoever is told may ask anew. */
  tell(): void {
    if (this.#answered.length === 0) return;
    const answered = this.#answered;
    this.#answered = [];
    for (const one of answered) one();
  }

  #forget(name: string): void {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return;
    this.#waiting.delete(name);
    const names = this.#names.get(waiting.asker);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(waiting.asker);
  }

  #makeRoom(): void {
    let most = new Set<string>();
    for (const names of this.#names.values()) if (names.size > most.size) most = names;
    const [oldest] = most;
    if (oldest !== undefined) this.#forget(oldest);
  }
}

/**
 * What an asker's request is called in the cluster. Its own name for it is another's too, where each counts from 1; and an
 * answer to the one must never be taken for the other's.
 */
export function questionName(asker: string, requestId: string): string {
  if (asker === '') return requestId;
  const name = `${asker}.${requestId}`;
  if (name.length <= MAX_REQUEST_ID_LENGTH) return name;
  return `${asker}.${createHash('sha256').update(requestId).digest('base64url')}`;
}
