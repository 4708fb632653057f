import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { checkOperation } from '../../kv/limits.ts';
import type { ClientRead, ClientReply, ClientRequest } from '../../kv/client-message.ts';
import type { NodeId } from '../../raft/entry.ts';
import { ClientFrames, decodeClientFrame, MAX_CLIENT_FRAME_BYTES } from '../client/client-frame.ts';
import { callerFault, type CallerRules } from '../http/caller.ts';
import { refuseUpgrade } from '../http/raw-problem.ts';
import type { ServedNode } from '../http/served-node.ts';

/** The most requests of one connection that wait for an answer; one beyond is told that the node is busy. */
const MAX_WAITING_OF_CONNECTION = 4_096;

/** With so many bytes on the way to a client that does not read them, it is not heard before it has read some. */
const HIGH_WATER_BYTES = 1_048_576;
/** With so many, which are answers to what it had asked before, it is hung up on. */
const MAX_UNREAD_BYTES = 64 * 1_048_576;
/** The same with so many on the way to all clients: whoever is sent the next, and has not read, makes room. */
const MAX_UNREAD_BYTES_OF_ALL = 4 * MAX_UNREAD_BYTES;

/** The code with which a connection ends over which something came that is no frame of a client (RFC 6455, 7.4.1). */
const POLICY_VIOLATION = 1008;

/**
 * The WebSockets of clients, on the path `/client`. A client runs its own clerk: it numbers its commands, asks again, and turns
 * to another node; here they are only handed to the node, and the answers back, as many at a time as there are.
 */
export class ClientSockets {
  readonly #node: ServedNode;
  readonly #rules: CallerRules;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CLIENT_FRAME_BYTES,
    perMessageDeflate: false,
  });

  constructor(node: ServedNode, rules: CallerRules) {
    this.#node = node;
    this.#rules = rules;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const fault = callerFault(request, this.#rules);
    if (fault !== undefined) return refuseUpgrade(socket, fault);
    this.#server.handleUpgrade(request, socket, head, (accepted) => this.#take(accepted));
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  #send(socket: WebSocket, frame: Buffer): void {
    const unread = socket.bufferedAmount;
    if (unread > MAX_UNREAD_BYTES || (unread > HIGH_WATER_BYTES && this.#unreadBytes() > MAX_UNREAD_BYTES_OF_ALL)) {
      socket.terminate();
      return;
    }
    socket.send(frame, () => {
      if (socket.isPaused && socket.bufferedAmount <= HIGH_WATER_BYTES) socket.resume();
    });
    if (socket.bufferedAmount > HIGH_WATER_BYTES) socket.pause();
  }

  #unreadBytes(): number {
    let bytes = 0;
    for (const { bufferedAmount } of this.#server.clients) bytes += bufferedAmount;
    return bytes;
  }

  #take(socket: WebSocket): void {
    socket.binaryType = 'nodebuffer';
    const waiting = new Map<string, () => void>();
    const asker = crypto.randomUUID().slice(0, 13);
    const frames = new ClientFrames((frame) => this.#send(socket, frame));
    const ask = (message: ClientRequest | ClientRead): void => {
      const { requestId } = message;
      const reply = { type: 'client-reply', requestId } as const;
      if (waiting.size >= MAX_WAITING_OF_CONNECTION && !waiting.has(requestId)) {
        frames.add({ ...reply, outcome: { type: 'busy' } });
        return;
      }
      const answer = (outcome: ClientReply['outcome'], answeredBy: NodeId | undefined): void => {
        waiting.delete(requestId);
        frames.add({ ...reply, outcome, ...(answeredBy && { answeredBy }) });
      };
      const forget = this.#node.ask(message, answer, asker);
      waiting.set(requestId, forget);
    };
    socket.on('message', (data: Buffer, isBinary) => {
      const messages = isBinary ? decodeClientFrame(data) : { problem: 'it is text' };
      if ('problem' in messages) {
        socket.close(POLICY_VIOLATION, messages.problem);
        return;
      }
      for (const message of messages) if (message.type !== 'client-reply' && isWithinLimits(message)) ask(message);
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      for (const forget of waiting.values()) forget();
      waiting.clear();
    });
  }
}

/** A clerk looks at the limits itself, so that whoever goes past them is none, and gets no answer. */
function isWithinLimits(message: ClientRequest | ClientRead): boolean {
  if (message.type === 'client-read') return true;
  const { command } = message;
  return !('operation' in command) || checkOperation(command.operation) === undefined;
}
