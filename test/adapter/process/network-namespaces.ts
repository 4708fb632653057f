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
 * A namespace of its own for each node, in one network or several, and cables from each to one of the switches of each network, in
 * one more namespace that has nothing to do with the machine's own network.
 */
export class NetworkNamespaces {
  readonly #ids: readonly NodeId[];
  readonly #networks: readonly number[];
  readonly #prefix = `ww${process.pid}`;

  constructor(ids: readonly NodeId[], networks = 1) {
    this.#ids = ids;
    this.#networks = Array.from({ length: networks }, (_, network) => network);
    ip('netns', 'add', this.#hubName);
    for (const network of this.#networks) {
      for (const [at] of ids.entries()) {
        this.#inHub('link', 'add', `s${network}-${at}`, 'type', 'bridge');
        this.#inHub('link', 'set', `s${network}-${at}`, 'up');
      }
    }
    for (const id of ids) this.#plugIn(id);
  }

  addressOf(id: NodeId, network = 0): string {
    return `10.77.${network}.${id.slice(1)}`;
  }

  /** One in each network. */
  addressesOf(id: NodeId): readonly string[] {
    return this.#networks.map((network) => this.addressOf(id, network));
  }

  /** With what a process is to be started, to live in the node's network. */
  prefixOf(id: NodeId): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.#nameOf(id)];
  }

  /** Only those in one group reach each other over that network. */
  split(groups: readonly (readonly NodeId[])[], network = 0): void {
    for (const [at, group] of groups.entries()) {
      for (const id of group) this.#inHub('link', 'set', `to-${id}-${network}`, 'master', `s${network}-${at}`);
    }
  }

  /** These reach each other no more, but only the others, which may pass on what they say. */
  isolate(ids: readonly NodeId[]): void {
    for (const id of ids) this.#inHub('link', 'set', `to-${id}-0`, 'type', 'bridge_slave', 'isolated', 'on');
  }

  /** Nothing arrives over that network any more, and nobody says so. */
  cut(network: number): void {
    this.split(
      this.#ids.map((id) => [id]),
      network,
    );
  }

  /** What `from` sends to `to` gets lost on the way, and nobody says so. The other way is open. */
  loseOneWay(from: NodeId, to: NodeId): void {
    const device = ['dev', 'eth0', 'nud', 'permanent'];
    ip('-n', this.#nameOf(from), 'neigh', 'replace', this.addressOf(to), 'lladdr', NOBODY, ...device);
  }

  /** All reach all. */
  heal(): void {
    for (const network of this.#networks) this.split([this.#ids], network);
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
    ip('-n', name, 'link', 'set', 'lo', 'up');
    for (const network of this.#networks) {
      const [port, card] = [`to-${id}-${network}`, `eth${network}`];
      this.#inHub('link', 'add', port, 'type', 'veth', 'peer', 'name', card, 'netns', name);
      this.#inHub('link', 'set', port, 'master', `s${network}-0`);
      this.#inHub('link', 'set', port, 'up');
      ip('-n', name, 'address', 'add', `${this.addressOf(id, network)}/24`, 'dev', card);
      ip('-n', name, 'link', 'set', card, 'up');
    }
  }
}
