import { execFileSync } from 'node:child_process';
import type { NodeId } from '../../../src/raft/entry.ts';

/** A MAC address that nobody has. */
const NOBODY = '02:00:00:00:00:ff';

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

/** Why this machine has no network namespaces for a test to make; undefined where it has. */
export function whyNoNamespaces(): string | undefined {
  const name = `ww-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    try {
      ip('-n', name, 'link', 'add', 'w', 'type', 'bridge');
    } finally {
      ip('netns', 'delete', name);
    }
    return undefined;
  } catch (error) {
    return String(error).split('\n')[0];
  }
}

/**
 * A network of its own for each node, and cables from each to one of several switches, in one more namespace that has nothing to
 * do with the machine's own network.
 */
export class NetworkNamespaces {
  readonly #ids: readonly NodeId[];
  readonly #prefix = `ww${process.pid}`;

  constructor(ids: readonly NodeId[]) {
    this.#ids = ids;
    ip('netns', 'add', this.#hubName);
    for (const [at] of ids.entries()) {
      this.#inHub('link', 'add', `s${at}`, 'type', 'bridge');
      this.#inHub('link', 'set', `s${at}`, 'up');
    }
    for (const id of ids) this.#plugIn(id);
  }

  addressOf(id: NodeId): string {
    return `10.77.0.${id.slice(1)}`;
  }

  /** With what a process is to be started, to live in the node's network. */
  prefixOf(id: NodeId): readonly string[] {
    return ['ip', 'netns', 'exec', this.#nameOf(id)];
  }

  /** Only those in one group reach each other. */
  split(groups: readonly (readonly NodeId[])[]): void {
    for (const [at, group] of groups.entries()) {
      for (const id of group) this.#inHub('link', 'set', `to-${id}`, 'master', `s${at}`);
    }
  }

  /** What `from` sends to `to` gets lost on the way, and nobody says so. The other way is open. */
  loseOneWay(from: NodeId, to: NodeId): void {
    const device = ['dev', 'eth', 'nud', 'permanent'];
    ip('-n', this.#nameOf(from), 'neigh', 'replace', this.addressOf(to), 'lladdr', NOBODY, ...device);
  }

  /** All reach all. */
  heal(): void {
    this.split([this.#ids]);
    for (const id of this.#ids) {
      ip('-n', this.#nameOf(id), 'neigh', 'flush', 'all', 'nud', 'permanent');
    }
  }

  end(): void {
    for (const id of this.#ids) ip('netns', 'delete', this.#nameOf(id));
    ip('netns', 'delete', this.#hubName);
  }

  get #hubName(): string {
    return `${this.#prefix}-hub`;
  }

  #nameOf(id: NodeId): string {
    return `${this.#prefix}-${id}`;
  }

  #inHub(...args: readonly string[]): void {
    ip('-n', this.#hubName, ...args);
  }

  #plugIn(id: NodeId): void {
    const name = this.#nameOf(id);
    ip('netns', 'add', name);
    this.#inHub('link', 'add', `to-${id}`, 'type', 'veth', 'peer', 'name', 'eth', 'netns', name);
    this.#inHub('link', 'set', `to-${id}`, 'master', 's0');
    this.#inHub('link', 'set', `to-${id}`, 'up');
    ip('-n', name, 'address', 'add', `${this.addressOf(id)}/24`, 'dev', 'eth');
    ip('-n', name, 'link', 'set', 'eth', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
}
