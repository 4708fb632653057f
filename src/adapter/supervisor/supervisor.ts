import { spawn, type ChildProcess } from 'node:child_process';
import type { NodeId } from '../../raft/entry.ts';
import { readChildMessage, type ParentMessage } from './supervisor-message.ts';
import type { SupervisedNode, Supervision } from './supervision.ts';

/** How long a process may take until it listens, and until it has ended in order, milliseconds. */
const START_MS = 30_000;
const STOP_MS = 8_000;

/** Of what a process writes before it listens so many characters are kept: the last ones. */
const MAX_FIRST_WORDS = 10_000;

export interface SupervisorOptions {
  /** The arguments of Node.js that make a node's process; `joins`: the node belongs to no cluster yet. */
  readonly argsOf: (node: NodeId, joins: boolean) => readonly string[];
  /** Makes room for a node that nobody knew when the cluster was started. Rejects with one sentence where there is none. */
  readonly prepare: (node: NodeId) => Promise<void>;
  /** A node knows the configuration of that index to be committed, and these are its members. */
  readonly onMembers: (index: number, members: readonly NodeId[]) => void;
  /** What a process writes once it listens, as it comes; what it says before, it says to whoever has it started. */
  readonly onOutput: (node: NodeId, text: string) => void;
  /** A process that listened ended, and nobody had told it to. */
  readonly onEnded: (node: NodeId, how: string) => void;
}

interface Running {
  readonly child: ChildProcess;
  readonly listening: Promise<string>;
  readonly ended: Promise<void>;
  isPaused: boolean;
  /** Its end is wanted. */
  isExpected: boolean;
}

/**
 * Keeps the processes of a cluster on this machine, one a node. They are in process groups of their own, so that Ctrl-C reaches
 * them through their supervisor alone, and they end by themselves when it is gone (one that is paused: when it
 * goes on).
 */
export class Supervisor implements Supervision {
  readonly #options: SupervisorOptions;
  readonly #nodes = new Map<NodeId, Running | undefined>();
  readonly #listeners = new Set<() => void>();
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts a node of the cluster; gives the address at which it listens. Rejects with one sentence where that is not to be. */
  async launch(node: NodeId, joins = false): Promise<string> {
    if (this.#isStopping) throw new Error('The cluster is ending.');
    if (this.#nodes.get(node) !== undefined) throw new Error(`${node} runs already.`);
    const running = this.#spawn(node, joins);
    this.#nodes.set(node, running);
    this.#changed();
    const url = await running.listening;
    this.#changed();
    return url;
  }

  async kill(node: NodeId): Promise<void> {
    const running = this.#runningNode(node);
    running.isExpected = true;
    running.child.kill('SIGKILL');
    await running.ended;
  }

  async revive(node: NodeId): Promise<void> {
    this.#known(node);
    await this.launch(node);
  }

  async restart(node: NodeId): Promise<void> {
    if (this.#known(node) !== undefined) await this.kill(node);
    await this.launch(node);
  }

  async pause(node: NodeId): Promise<void> {
    this.#signal(node, 'SIGSTOP', true);
    await Promise.resolve();
  }

  async resume(node: NodeId): Promise<void> {
    this.#signal(node, 'SIGCONT', false);
    await Promise.resolve();
  }

  async start(node: NodeId): Promise<void> {
    if (this.#nodes.has(node)) throw new Error(`There is a ${node} already.`);
    await this.#options.prepare(node);
    await this.launch(node, true);
  }

  states(): readonly SupervisedNode[] {
    return Array.from(this.#nodes, ([node, running]) => ({
      node,
      status: running === undefined ? 'down' : running.isPaused ? 'paused' : 'up',
      pid: running?.child.pid,
    }));
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all of them in order; those that take too long are killed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const all = [...this.#nodes.values()].filter((running) => running !== undefined);
    await Promise.all(
      all.map(async (running) => {
        const { child, ended } = running;
        running.isExpected = true;
        if (running.isPaused) child.kill('SIGCONT');
        tell(child, { type: 'stop' });
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
        await ended;
        clearTimeout(timer);
      }),
    );
  }

  #spawn(node: NodeId, joins: boolean): Running {
    const child = spawn(process.execPath, this.#options.argsOf(node, joins), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      // What all of them do in turn would drown what a person wants to read.
      env: { WHITEWATER_LOG_LEVEL: 'error', ...process.env },
    });
    let firstWords = '';
    let isListening = false;
    const onText = (text: string): void => {
      if (isListening) this.#options.onOutput(node, text);
      else firstWords = (firstWords + text).slice(-MAX_FIRST_WORDS);
    };
    child.stdout?.setEncoding('utf8').on('data', onText);
    child.stderr?.setEncoding('utf8').on('data', onText);
    const ended = new Promise<void>((resolve) => {
      child.on('close', (code, signal) => {
        this.#nodes.set(node, undefined);
        const how = signal ?? `code ${code ?? 0}`;
        if (isListening && !running.isExpected) this.#options.onEnded(node, how);
        this.#changed();
        resolve();
      });
    });
    const listening = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${node} does not listen after ${START_MS} ms.`));
        child.kill('SIGKILL');
      }, START_MS);
      child.on('error', (error) => reject(new Error(`${node} could not be started: ${error.message}.`)));
      child.on('message', (value) => {
        const message = readChildMessage(value);
        if (message?.type === 'listening') {
          clearTimeout(timer);
          isListening = true;
          if (firstWords !== '') this.#options.onOutput(node, firstWords);
          resolve(message.url);
        } else if (message?.type === 'members') this.#options.onMembers(message.index, message.members);
        else if (message?.type === 'ask') void this.#answer(child, message);
      });
      child.on('close', () => {
        clearTimeout(timer);
        // The last line says why; the log may stand before it.
        const why = firstWords.trim().split('\n').at(-1) ?? '';
        reject(new Error(why === '' ? `${node} ended before it listened.` : why));
      });
    });
    // Whoever does not wait for it hears of a failure by the end of the process.
    listening.catch(() => undefined);
    const running: Running = { child, listening, ended, isPaused: false, isExpected: false };
    return running;
  }

  async #answer(
    child: ChildProcess,
    { id, verb, node }: Extract<ReturnType<typeof readChildMessage>, { type: 'ask' }>,
  ): Promise<void> {
    try {
      if (verb === 'kill' || verb === 'pause') this.#mustLeaveOne(node);
      await this[verb](node);
      tell(child, { type: 'done', id });
    } catch (error) {
      tell(child, { type: 'refused', id, sentence: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Whoever asks does so by way of a process: without any, nobody could start the others again. */
  #mustLeaveOne(node: NodeId): void {
    const others = [...this.#nodes].filter(([id]) => id !== node).map(([, running]) => running);
    if (others.some((running) => running !== undefined && !running.isPaused && !running.isExpected)) return;
    throw new Error(
      `${node} is the last node that runs, and the others are started through it: restart it, or revive another first.`,
    );
  }

  #signal(node: NodeId, signal: 'SIGSTOP' | 'SIGCONT', isPaused: boolean): void {
    const running = this.#runningNode(node);
    running.child.kill(signal);
    running.isPaused = isPaused;
    this.#changed();
  }

  #known(node: NodeId): Running | undefined {
    if (!this.#nodes.has(node)) throw new Error(`There is no ${node}.`);
    return this.#nodes.get(node);
  }

  #runningNode(node: NodeId): Running {
    const running = this.#known(node);
    if (running === undefined) throw new Error(`${node} does not run.`);
    return running;
  }

  #changed(): void {
    const states = this.states().map(({ pid, ...state }) => ({ ...state, ...(pid === undefined ? {} : { pid }) }));
    for (const running of this.#nodes.values()) {
      // One that is paused would hear of it all later; it is told once it goes on.
      if (running !== undefined && !running.isPaused) tell(running.child, { type: 'states', states });
    }
    for (const listener of this.#listeners) listener();
  }
}

function tell(child: ChildProcess, message: ParentMessage): void {
  // It may be ending at this very moment, and then need not hear it.
  if (child.connected) child.send(message, () => undefined);
}
