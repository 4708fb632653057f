import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Relayed } from './latency-relay.ts';
import type { RelayOptions } from './latency-relay-entry.ts';
import { processBundle } from './process-bundle.ts';

/** A relay in a process, and a network, of its own. */
export class RelayProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** `prefix`: with what it is started, before the path of Node.js. Resolves when it listens. */
  static async start(options: RelayOptions, prefix: readonly [string, ...string[]]): Promise<RelayProcess> {
    const [command, ...before] = prefix;
    const child = fork(await processBundle('latency-relay-entry'), {
      execPath: command,
      execArgv: [...before, process.execPath],
    });
    const relay = new RelayProcess(child);
    const listening = relay.#answer();
    child.send(options);
    await listening;
    return relay;
  }

  /** What has gone through it. */
  async relayed(): Promise<Relayed> {
    const answer = this.#answer();
    this.#child.send('relayed');
    return answer;
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #answer(): Promise<Relayed> {
    const [message] = (await once(this.#child, 'message')) as [Relayed];
    return message;
  }
}
