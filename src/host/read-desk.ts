import type { ClientRead, ClientReply, ReadVia } from '../kv/client-message.ts';
import type { OperationResult } from '../kv/command.ts';
import type { KvStateMachine } from '../kv/state-machine.ts';
import type { Effect } from '../raft/effect.ts';
import type { Input } from '../raft/input.ts';
import type { ActorId, HostEvent } from '../timeline/event.ts';

/** The most reads that wait on one node, for the core or for the store to come so far; one beyond is told to ask later. */
export const MAX_WAITING_READS = 1_000;

/** A read, and who asked for it. */
interface AskedRead {
  readonly client: ActorId;
  readonly read: ClientRead;
}

export interface ReadDeskPorts {
  /** The store as it is at that moment. */
  readonly store: () => KvStateMachine;
  /** Whether a store that has applied so much may answer a read as of that index (thesis 6.4). */
  readonly mayAnswer: (readIndex: number, lastApplied: number) => boolean;
  readonly emit: (nowUs: number, event: HostEvent) => void;
  readonly reply: (nowUs: number, client: ActorId, requestId: string, outcome: ClientReply['outcome']) => void;
}

/**
 * Where clients' reads wait that do not go through the log: first for the core to say as of which index they may be
 * answered, then for the store to have applied so much.
 */
export class ReadDesk {
  readonly #ports: ReadDeskPorts;
  /** By the name under which the core knows it. */
  readonly #asked = new Map<number, AskedRead>();
  /** The core has said yes; the store is not there yet. */
  #ready: { readonly asked: AskedRead; readonly index: number; readonly via: ReadVia }[] = [];
  #count = 0;

  constructor(ports: ReadDeskPorts) {
    this.#ports = ports;
  }

  /** Takes a read on. What it gives is for the core to handle; undefined where the read was answered at once. */
  take(nowUs: number, client: ActorId, read: ClientRead): Input | undefined {
    const { requestId, mode } = read;
    if (mode === 'stale') {
      this.#answer(nowUs, { client, read }, 'stale');
      return undefined;
    }
    // A repeat of what already waits here: the one answer serves both.
    if (this.#isWaiting(requestId)) return undefined;
    if (this.#asked.size + this.#ready.length >= MAX_WAITING_READS) {
      this.#ports.reply(nowUs, client, requestId, { type: 'busy' });
      return undefined;
    }
    this.#count += 1;
    this.#asked.set(this.#count, { client, read });
    return { type: 'read', readId: this.#count, mode };
  }

  ready({ readId, index, via }: Extract<Effect, { type: 'read-ready' }>): void {
    const asked = this.#asked.get(readId);
    if (asked === undefined) return;
    this.#asked.delete(readId);
    this.#ready.push({ asked, index, via });
  }

  refused(nowUs: number, { readId, reason, leader }: Extract<Effect, { type: 'read-refused' }>): void {
    const asked = this.#asked.get(readId);
    if (asked === undefined) return;
    this.#asked.delete(readId);
    const { client, read } = asked;
    const outcome =
      reason === 'too-many-pending' ? ({ type: 'busy' } as const) : ({ type: 'not-leader', leader } as const);
    this.#ports.reply(nowUs, client, read.requestId, outcome);
  }

  /** At the end of a turn: answers what the store has come far enough for. */
  answerReady(nowUs: number): void {
    if (this.#ready.length === 0) return;
    const { lastApplied } = this.#ports.store();
    const due = this.#ready.filter(({ index }) => this.#ports.mayAnswer(index, lastApplied));
    if (due.length === 0) return;
    this.#ready = this.#ready.filter(({ index }) => !this.#ports.mayAnswer(index, lastApplied));
    for (const { asked, via } of due) this.#answer(nowUs, asked, via);
  }

  #answer(nowUs: number, { client, read }: AskedRead, via: ReadVia): void {
    const { requestId, key, notBefore } = read;
    const store = this.#ports.store();
    const { lastApplied: index } = store;
    if (index < notBefore) {
      this.#ports.reply(nowUs, client, requestId, { type: 'behind', index });
      return;
    }
    const value = store.get(key);
    const result: OperationResult = { type: 'ok', value };
    this.#ports.emit(nowUs, { type: 'read-answered', requestId, key, value, index, via });
    this.#ports.reply(nowUs, client, requestId, { type: 'read', index, result, via });
  }

  #isWaiting(requestId: string): boolean {
    for (const { read } of this.#asked.values()) if (read.requestId === requestId) return true;
    return this.#ready.some(({ asked }) => asked.read.requestId === requestId);
  }
}
