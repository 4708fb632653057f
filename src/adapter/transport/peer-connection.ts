import type { RawData, WebSocket } from 'ws';
import type { NodeId } from '../../raft/entry.ts';
import { decodeFrame, type Frame } from './frame.ts';
import type { Introduction } from './handshake.ts';
import { countOf } from '../../timeline/words.ts';

/** How often a connection is tried with a ping, milliseconds. */
export const PING_MS = 500;
/** After so many pings to which nothing at all came back, the peer counts as gone, though its connection stands. */
export const MAX_SILENT_PINGS = 4;

/** The code with which a WebSocket is closed on who breaks the rules (RFC 6455, 7.4.1: policy violation). */
const BROKEN_RULES = 1008;

/** How long the other has to take the last that is said to it, milliseconds. It may stand still, or be cut off. */
const LAST_WORDS_MS = 1_000;

export interface ConnectionPorts {
  readonly onFrame: (frame: Frame) => void;
  /** All that was handed over has left this process. */
  readonly onDrained: () => void;
  /** Called once. `problem`: a clause that says why, where that was not by the other's wish. */
  readonly onClosed: (problem: string | undefined) => void;
}

/** How much has gone over a connection. */
export interface Traffic {
  readonly frames: number;
  readonly bytes: number;
}

/** An open WebSocket to a peer that has said who it is, and is believed. */
export class PeerConnection {
  readonly other: Introduction;
  /** Which of the two dialled. */
  readonly dialer: NodeId;
  /** The IP address of its other end. */
  readonly remote: string | undefined;
  readonly #socket: WebSocket;
  readonly #ports: ConnectionPorts;
  #silentPings = 0;
  #roundTripMs: number | undefined;
  #problem: string | undefined;
  #isClosed = false;
  readonly #openedMs = performance.now();
  #isRefused = false;
  #received: Traffic = { frames: 0, bytes: 0 };

  constructor(
    socket: WebSocket,
    {
      other,
      dialer,
      remote,
    }: { readonly other: Introduction; readonly dialer: NodeId; readonly remote: string | undefined },
    ports: ConnectionPorts,
  ) {
    this.#socket = socket;
    this.other = other;
    this.dialer = dialer;
    this.remote = remote;
    this.#ports = ports;
    socket.binaryType = 'nodebuffer';
    socket.on('message', this.#read);
    socket.on('pong', this.#pong);
    socket.on('error', (error) => {
      this.#problem ??= error.message;
    });
    socket.on('close', () => this.#closed());
  }

  /** How many bytes wait in this process to leave. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** How long the last ping took there and back; undefined before the first answer. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** For how long it has stood, milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#openedMs;
  }

  get received(): Traffic {
    return this.#received;
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame, (error) => {
      if (error instanceof Error) this.#problem ??= error.message;
      else this.#ports.onDrained();
    });
  }

  /** To be called every {@link PING_MS}: asks whether the peer is there, and hangs up if it has not been for too long. */
  ping(): void {
    if (this.#silentPings >= MAX_SILENT_PINGS) {
      // A process that stood still finds its own clock ahead, not these counts.
      this.hangUp(`nothing was heard from it for ${countOf(MAX_SILENT_PINGS * PING_MS)} ms`);
      return;
    }
    this.#silentPings += 1;
    this.#socket.ping(String(performance.now()));
  }

  /** Ends it in order, or without the other where that takes too long. */
  close(): void {
    this.#socket.close();
    this.#terminateSoon();
  }

  /** Ends it at once, without waiting for the other. */
  hangUp(problem: string): void {
    this.#problem ??= problem;
    this.#socket.terminate();
  }

  readonly #read = (data: RawData, isBinary: boolean): void => {
    if (this.#isRefused) return;
    this.#silentPings = 0;
    if (!isBinary || !(data instanceof Uint8Array)) return this.#refuse('it sent a text, and nodes send none');
    this.#received = { frames: this.#received.frames + 1, bytes: this.#received.bytes + data.length };
    const frame = decodeFrame(data);
    if ('problem' in frame) return this.#refuse(`it sent a frame that cannot be used: ${frame.problem}`);
    this.#ports.onFrame(frame);
  };

  readonly #pong = (data: Buffer): void => {
    this.#silentPings = 0;
    const sentMs = Number(data.toString('latin1'));
    // What comes back is the other's word; only a time that can be is believed.
    const roundTripMs = performance.now() - sentMs;
    if (roundTripMs >= 0 && roundTripMs < MAX_SILENT_PINGS * PING_MS * 2) this.#roundTripMs = roundTripMs;
  };

  #refuse(problem: string): void {
    this.#problem ??= problem;
    this.#isRefused = true;
    this.#socket.close(BROKEN_RULES, problem.slice(0, 100));
    // It may take its time over hearing that; what else it says is not heard.
    this.#terminateSoon();
  }

  #terminateSoon(): void {
    setTimeout(() => this.#socket.terminate(), LAST_WORDS_MS).unref();
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ports.onClosed(this.#problem);
  }
}
