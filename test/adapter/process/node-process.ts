import { fork, type ChildProcess } from 'node:child_process';
import type { ClientRead, ClientReply, ClientRequest } from '../../../src/kv/client-message.ts';
import type { Order } from '../../../src/adapter/node/order.ts';
import type { MembershipChange, MembershipRefusal } from '../../../src/raft/membership-change.ts';
import { processBundle } from './process-bundle.ts';
import type { Call, FromParent, NodeProcessOptions, ProcessStatus, ToParent } from './process-messages.ts';

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said on its standard error. */
  readonly said: string;
}

export interface NodeProcessPorts {
  readonly onReply: (reply: ClientReply) => void;
  /** How the process is started, where that is not by itself: before the path of Node.js. */
  readonly prefix?: readonly string[] | undefined;
  /** What it has in its environment besides. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** A node in a process of its own. */
export class NodeProcess {
  readonly options: NodeProcessOptions;
  readonly #child: ChildProcess;
  readonly #results = new Map<number, (value: unknown) => void>();
  #calls = 0;
  #said = '';
  /** Settles when it listens; rejects when it ends before that. */
  readonly ready: Promise<void>;
  readonly ended: Promise<ProcessEnd>;
  #isUp = true;

  private constructor(options: NodeProcessOptions, child: ChildProcess, ports: NodeProcessPorts) {
    this.options = options;
    this.#child = child;
    child.stderr?.on('data', (text: Buffer) => {
      this.#said += text.toString('utf8');
    });
    const saidAll = new Promise((resolve) => child.stderr?.on('close', resolve));
    this.ended = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        this.#isUp = false;
        void saidAll.then(() => resolve({ code, signal, said: this.#said }));
      });
    });
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: ToParent) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'answer') ports.onReply(message.reply);
        else this.#results.get(message.callId)?.(message.value);
      });
      void this.ended.then(({ said }) => reject(new Error(`${options.id} ended: ${said}`)));
    });
    this.ready.catch(() => undefined);
    child.on('error', () => undefined);
    child.send(options);
  }

  static async start(options: NodeProcessOptions, ports: NodeProcessPorts): Promise<NodeProcess> {
    const bundle = await processBundle();
    const [command = process.execPath, ...before] = ports.prefix ?? [];
    const child = fork(bundle, {
      execPath: command,
      execArgv: ports.prefix === undefined ? [] : [...before, process.execPath],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: { ...process.env, ...ports.env },
    });
    return new NodeProcess(options, child, ports);
  }

  get id(): string {
    return this.options.id;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGKILL: it has no time for anything. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** As a person would stop it: it hands its lead over, and ends. */
  async stop(): Promise<void> {
    await this.call({ type: 'close' });
    this.#child.disconnect();
    await this.ended;
  }

  ask(message: ClientRequest | ClientRead): void {
    this.#send({ type: 'ask', message });
  }

  async status(): Promise<ProcessStatus | undefined> {
    return (await this.call({ type: 'status' })) as ProcessStatus | undefined;
  }

  async changeMembership(change: MembershipChange): Promise<Order<MembershipRefusal> | undefined> {
    return (await this.call({ type: 'change-membership', change })) as Order<MembershipRefusal> | undefined;
  }

  /** Undefined where it ends before it has answered. */
  async call(call: Call): Promise<unknown> {
    this.#calls += 1;
    const callId = this.#calls;
    const result = new Promise((resolve) => this.#results.set(callId, resolve));
    this.#send({ type: 'call', callId, call });
    const value = await Promise.race([result, this.ended.then(() => undefined)]);
    this.#results.delete(callId);
    return value;
  }

  #send(message: FromParent): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
