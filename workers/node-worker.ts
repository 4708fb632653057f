import { expose } from 'comlink';
import { NodeHost } from '../src/host/node-host.ts';
import { StorageError, type Envelope, type NodeStorage, type Recovered } from '../src/host/ports.ts';
import type { Expected, Grant, NodeWorkerControl, OpenOptions, Report } from './protocol.ts';
import type { NodeId } from '../src/raft/entry.ts';
import type { TimelineEvent } from '../src/timeline/event.ts';
import { openStorage } from './open-storage.ts';
import { PeerLinks } from './peer-links.ts';

/** A node's home in the browser: one host on its own IndexedDB database, its peers on message ports, time by grants. */

let storage: NodeStorage | undefined;
let recovered: Recovered | undefined;
let host: NodeHost | undefined;
let events: TimelineEvent[] = [];
let toClients: Envelope[] = [];
let self: NodeId = '';
let crashed: Report['failure'];

const links = new PeerLinks((envelope) => host?.receive(envelope));

function report(): Report {
  const failure = host?.failure;
  const result: Report = {
    events,
    nextDueUs: crashed === undefined ? (host?.nextDueUs() ?? Infinity) : Infinity,
    sent: links.takeSent(),
    envelopes: toClients,
    failure: failure === undefined ? crashed : { atUs: failure.atUs, message: failure.error.message },
  };
  events = [];
  toClients = [];
  return result;
}

function deliver(envelope: Envelope): void {
  if (!links.send(envelope) && envelope.to.startsWith('c')) toClients.push(envelope);
}

async function handle(grant: Grant): Promise<Report> {
  await links.holding(grant.expected satisfies Expected);
  if (host === undefined) return report();
  for (const envelope of grant.envelopes) host.receive(envelope);
  try {
    if (grant.type === 'act') host.act(grant.atUs, grant.action);
    else await host.advance(grant.untilUs);
  } catch (error) {
    // Code that throws is a broken invariant: the node stops where it stands, with the evidence.
    crashed = {
      atUs: grant.type === 'act' ? grant.atUs : host.nextDueUs(),
      message: `${self} stopped: ${String(error)}`,
    };
  }
  return report();
}

const control: NodeWorkerControl = {
  async open({ id, databaseName, cluster, begun }: OpenOptions) {
    self = id;
    try {
      const opened = await openStorage(databaseName, cluster, id);
      storage = opened;
      recovered = await opened.load(begun);
      return { type: 'opened', atUs: recovered.atUs };
    } catch (error) {
      const message =
        error instanceof StorageError ? error.message : `${id}'s database cannot be opened: ${String(error)}`;
      return { type: 'failed', message };
    }
  },

  async start({ config, seed, world, nowUs }, port) {
    if (storage === undefined || recovered === undefined) throw new Error('The database is not open.');
    host = new NodeHost({
      id: self,
      config,
      seed,
      world,
      nowUs,
      storage,
      recovered,
      deliver,
      emit: (event) => events.push(event),
    });
    let last: Promise<void> = Promise.resolve();
    port.onmessage = (message: MessageEvent<Grant>) => {
      last = last.then(async () => port.postMessage(await handle(message.data)));
    };
    return report();
  },

  async connect(peer, port) {
    links.connect(peer, port);
  },
};

expose(control);
