import type { Report, StartOptions } from '../../workers/protocol.ts';
import { actorRank } from '../host/actor.ts';
import type { NodeId } from '../raft/entry.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { databaseName } from './node-database.ts';
import { NodeWorkerHandle } from './node-worker-handle.ts';

/** A node that was begun and of which its peers have not yet been told. */
export interface Newcomer {
  readonly handle: NodeWorkerHandle;
  readonly report: Report;
}

export interface BeginOptions {
  readonly cluster: string;
  readonly createWorker: (id: NodeId) => Worker;
  /** Whether a node has a database, which is not to be taken for a new one if it is empty. */
  readonly hasBegun: (id: NodeId) => boolean;
  /** The peers that run. */
  readonly running: readonly NodeWorkerHandle[];
  readonly start: StartOptions;
  /** Gives the worker of a node, its database open. Left out: a new one, on the database that it has. */
  readonly open?: (id: NodeId) => Promise<NodeWorkerHandle>;
  /** Who could not be begun, and which running peer broke when it was to be connected: a sentence each is put here. */
  readonly failures: Map<NodeId, string>;
}

/**
 * Makes workers, opens their databases, joins each to all that run and to each other, and begins it. It never rejects: a
 * node that fails on the way stands in `failures`, and the others go on without it. In order of nodes.
 */
export async function beginNodes(
  nodes: readonly NodeId[],
  options: BeginOptions,
): Promise<ReadonlyMap<NodeId, Newcomer>> {
  const { failures, start } = options;
  const opened = await forEach(nodes, failures, options.open ?? ((id) => open(id, options)));
  await connect([...opened.values()], options);
  const begun = await forEach([...opened.keys()], failures, async (id): Promise<Newcomer | undefined> => {
    const handle = opened.get(id);
    if (handle === undefined || failures.has(id)) return undefined;
    return { handle, report: await handle.start(start) };
  });
  for (const [id, handle] of opened) if (!begun.has(id)) handle.terminate();
  return begun;
}

async function open(id: NodeId, { cluster, createWorker, hasBegun, start }: BeginOptions): Promise<NodeWorkerHandle> {
  const handle = new NodeWorkerHandle(id, createWorker(id));
  try {
    const owner = start.world.machines[id]?.drive ?? id;
    const result = await handle.open(databaseName(cluster, owner), cluster, hasBegun(owner));
    if (result.type === 'failed') throw new Error(result.message);
    return handle;
  } catch (error) {
    handle.terminate();
    throw error;
  }
}

/** Each pair has a channel of its own. */
async function connect(newcomers: readonly NodeWorkerHandle[], { running, failures }: BeginOptions): Promise<void> {
  const joining: Promise<void>[] = [];
  const join = async (handle: NodeWorkerHandle, peer: NodeId, port: MessagePort): Promise<void> => {
    try {
      await handle.connect(peer, port);
    } catch (error) {
      failures.set(handle.id, sentenceOfError(error));
    }
  };
  const others = [...running];
  for (const handle of newcomers) {
    for (const other of others) {
      const { port1, port2 } = new MessageChannel();
      joining.push(join(handle, other.id, port1), join(other, handle.id, port2));
    }
    others.push(handle);
  }
  await Promise.all(joining);
}

/** Does it for all at once; keeps what it gave, in order of nodes, and why it failed. */
async function forEach<Value>(
  nodes: readonly NodeId[],
  failures: Map<NodeId, string>,
  work: (id: NodeId) => Promise<Value | undefined>,
): Promise<ReadonlyMap<NodeId, Value>> {
  const done: [NodeId, Value][] = [];
  await Promise.all(
    nodes.map(async (id) => {
      try {
        const value = await work(id);
        if (value !== undefined) done.push([id, value]);
      } catch (error) {
        failures.set(id, sentenceOfError(error));
      }
    }),
  );
  return new Map(done.sort(([one], [other]) => actorRank(one) - actorRank(other)));
}
