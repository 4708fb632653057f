import { NodeDriver, type DriverInput, type DriverOptions, type Refusal } from '../../host/node-driver.ts';
import type { NodeId } from '../../raft/entry.ts';
import type { JoinedWrite } from '../../host/write-queue.ts';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import type { ActorId, EventBody, LinkMessage } from '../../timeline/event.ts';
import { toldMessage } from '../../timeline/told-message.ts';
import { isNodeName } from '../transport/node-name.ts';
import type { PeerEnvelope } from '../transport/peer-envelope.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { EventRing } from './event-ring.ts';
import { monotonicNowUs } from './monotonic-clock.ts';
import type { NodeDisk } from './node-disk.ts';
import type { NodeFailure } from './node-status.ts';
import { Questions } from './questions.ts';
import { TurnCounts } from './turn-counts.ts';

/** With so many inputs a turn begins at once, and does not wait for what else there is to read. */
export const MAX_TURN_INPUTS = 4_096;

export interface TurnPorts {
  /** Puts a message on its way, to leave at the next {@link TurnPorts.flush}. */
  readonly send: (envelope: PeerEnvelope) => 'sent' | 'lost' | 'cut';
  readonly flush: () => void;
  /** Hears of each event at once, within the turn. */
  readonly onEvent: (event: EventBody) => void;
  /** Called once: the node has stopped by itself. */
  readonly onFailure: (failure: NodeFailure) => void;
}

interface Order {
  readonly work: () => void;
  /** There will be no turn for it. */
  readonly abandon: (error: Error) => void;
}

interface Waiting {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

/**
 * The life of a node in a process: it gathers what comes in, and handles all of it in one turn of its driver as soon as there is
 * nothing else to read. It writes to the disk, one write at a time, and wakes when something is due.
 */
export class NodeTurns {
  readonly driver: NodeDriver;
  readonly events = new EventRing();
  readonly questions = new Questions();
  readonly counts = new TurnCounts();
  readonly #disk: NodeDisk;
  readonly #ports: TurnPorts;
  readonly #id: NodeId;
  /** What its messages are called, but for their numbers. */
  readonly #prefix: string;
  readonly #timer = new DeadlineTimer(() => this.#schedule());
  #inputs: { readonly input: DriverInput; readonly messageId: string | undefined }[] = [];
  /** What was asked for from outside; each has a turn of its own, so that it is known whose refusal is whose. */
  #orders: Order[] = [];
  #waiting: Waiting[] = [];
  #refusal: Refusal | undefined;
  #isScheduled = false;
  #isInTurn = false;
  /** The write that was under way is durable, and the driver has yet to hear of it. */
  #isWritten = false;
  #messageCount = 0;
  #isStopped = false;

  constructor(options: DriverOptions, disk: NodeDisk, startedMs: number, ports: TurnPorts) {
    this.#disk = disk;
    this.#ports = ports;
    this.#id = options.raft.id;
    this.#prefix = `${this.#id}.${startedMs}`;
    this.driver = new NodeDriver(options, {
      reading: (nowUs) => nowUs,
      emit: (nowUs, event) => this.#emit(nowUs, event),
      send: (nowUs, to, message) => this.#send(nowUs, to, message),
      startWrite: (nowUs, write) => this.#startWrite(nowUs, write),
      refused: (refusal) => {
        this.#refusal = refusal;
      },
    });
    this.#schedule();
  }

  /** Takes something in for the next turn; `messageId` is the name of a message of another node. */
  push(input: DriverInput, messageId?: string): void {
    if (this.#isStopped) return;
    this.#inputs.push({ input, messageId });
    if (this.#inputs.length < MAX_TURN_INPUTS || this.#isInTurn) return this.#schedule();
    this.#work();
    // Later: nobody is answered while it still asks.
    setImmediate(() => this.#tell());
  }

  /** Has the driver handle something by itself, and gives the refusal that it met with. Rejects where the node stops before that. */
  order(input: DriverInput): Promise<Refusal | undefined> {
    return new Promise((resolve, reject) => {
      const work = (): void => {
        this.#refusal = undefined;
        this.driver.handle(monotonicNowUs(), [input]);
        resolve(this.#refusal);
        this.#refusal = undefined;
      };
      this.inTurn(work, reject);
    });
  }

  /** Does something with the driver in the next turn, or learns that there is none. */
  inTurn(work: () => void, abandon: (error: Error) => void): void {
    if (this.#isStopped) return abandon(this.#stoppedError());
    this.#orders.push({ work, abandon });
    this.#schedule();
  }

  /** Settles when that holds after a turn, when the node stops, or when the time is over. */
  until(isDone: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiting.push({ isDone, resolve: settle });
      this.#settleWaiting();
    });
  }

  /** There is no turn any more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer.clear();
    this.#inputs = [];
    const orders = this.#orders;
    this.#orders = [];
    for (const { abandon } of orders) abandon(this.#stoppedError());
    this.#settleWaiting();
  }

  #stoppedError(): Error {
    return new Error(`${this.#id} has stopped.`);
  }

  /** After what can be read now has been read, there is a turn. */
  #schedule(): void {
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#isStopped) return;
    this.#work();
    this.#tell();
  }

  /** What came of a turn, to whoever waits for it. */
  #tell(): void {
    this.events.tell();
    this.questions.tell();
    this.#settleWaiting();
    this.#rest();
  }

  #work(): void {
    this.#isInTurn = true;
    try {
      this.#handleAll(monotonicNowUs());
    } catch (error) {
      // Code that throws is a broken invariant: the node stops where it stands.
      this.#fail('halted', `${this.#id} stopped: ${sentenceOfError(error)}`);
    }
    this.#isInTurn = false;
    this.#ports.flush();
  }

  /** First what has come in, so that a heartbeat that is there is heard before the timer; then the disk, whose next write takes all. */
  #handleAll(nowUs: number): void {
    const { driver } = this;
    if (this.#findsFailure()) return;
    const taken = this.#inputs;
    this.#inputs = [];
    const inputs: DriverInput[] = [];
    for (const { input, messageId } of taken) {
      if (messageId !== undefined && input.type === 'received') this.#received(nowUs, input, messageId);
      inputs.push(input);
    }
    if (driver.deadlineUs <= nowUs) inputs.push({ type: 'timer' });
    this.counts.turn(inputs.length);
    if (inputs.length > 0) driver.handle(nowUs, inputs);
    // One after the other: of what throws, those behind it are told by the end of the node.
    for (let order = this.#orders[0]; order !== undefined; order = this.#orders[0]) {
      order.work();
      this.#orders.shift();
    }
    if (this.#isWritten) {
      this.#isWritten = false;
      driver.written(nowUs);
    }
    if (driver.snapshotDueUs <= nowUs) driver.continueSnapshot(nowUs);
    this.#findsFailure();
  }

  /** Whether the driver has stopped, or is to be stopped: the node stops with it. */
  #findsFailure(): boolean {
    const { failure, core } = this.driver;
    if (failure !== undefined) this.#fail(failure.error.reason, failure.error.message);
    else if (core.halted !== undefined) this.#fail('halted', `${this.#id} stopped: ${core.halted}`);
    return this.#isStopped;
  }

  #received(nowUs: number, { from, message }: Extract<DriverInput, { type: 'received' }>, messageId: string): void {
    this.counts.received();
    this.#emit(nowUs, { type: 'message-received', messageId, from, messageType: message.type });
  }

  #rest(): void {
    if (!this.#isStopped) this.#timer.setDue(Math.min(this.driver.deadlineUs, this.driver.snapshotDueUs));
  }

  #send(nowUs: number, to: ActorId, message: LinkMessage): void {
    if (!isNodeName(to)) {
      if (message.type === 'client-reply') this.questions.take(message);
      return;
    }
    this.#messageCount += 1;
    const messageId = `${this.#prefix}.${this.#messageCount}`;
    const fate = this.#ports.send({ messageId, from: this.#id, to, message });
    this.counts.sent(fate);
    const told = toldMessage(message);
    this.#emit(nowUs, { type: 'message-sent', messageId, to, dueUs: nowUs, fate, copy: false, message: told });
  }

  #startWrite(nowUs: number, write: JoinedWrite): void {
    this.#emit(nowUs, { type: 'disk-write-started', sequence: write.sequence, dueUs: nowUs });
    const begunMs = performance.now();
    this.#disk.write({ ...write, atUs: nowUs }).then(
      () => {
        this.counts.written(write.entries.length, performance.now() - begunMs);
        this.#isWritten = true;
        this.#schedule();
      },
      (error: unknown) => {
        // A write that failed is never made again: nobody knows what the disk holds now. The turn finds the driver stopped.
        this.driver.fail(monotonicNowUs(), error);
        this.#schedule();
      },
    );
  }

  #emit(atUs: number, event: EventBody): void {
    this.counts.event(event);
    this.events.add({ atUs, actor: this.#id, event });
    this.#ports.onEvent(event);
  }

  #settleWaiting(): void {
    if (this.#waiting.length === 0) return;
    const isOver = ({ isDone }: Waiting): boolean => this.#isStopped || isDone();
    const settled = this.#waiting.filter(isOver);
    this.#waiting = this.#waiting.filter((waiting) => !settled.includes(waiting));
    for (const { resolve } of settled) resolve();
  }

  #fail(reason: NodeFailure['reason'], sentence: string): void {
    if (this.#isStopped) return;
    this.stop();
    this.#ports.onFailure({ reason, sentence });
  }
}
