import { NodeHost } from '../src/host/node-host.ts';
import { StorageError, type Envelope, type NodeStorage, type Recovered, type StorageWrite } from '../src/host/ports.ts';
import type { NodeId } from '../src/raft/entry.ts';
import type { MemoryDisk } from '../src/storage/memory-disk.ts';
import type { DiskDamage } from '../src/timeline/action.ts';
import { sentenceOfError } from '../src/timeline/error-sentence.ts';
import type { TimelineEvent } from '../src/timeline/event.ts';
import { emptyReport, endReport } from './end-report.ts';
import type { Forerunner } from './forerunner.ts';
import { PeerLinks } from './peer-links.ts';
import type {
  Answer,
  CopyOptions,
  DamageOptions,
  Failure,
  ForesightOptions,
  Grant,
  LandOptions,
  NodeWorkerControl,
  OpenOptions,
  OpenResult,
  Report,
  StartOptions,
  Stretch,
} from './protocol.ts';
import { WindowDisk } from './window-disk.ts';

/** A node's database, when it is open. */
export interface NodeDatabase {
  /** What it holds. `begun`: the node has begun before, so that an empty one has been lost. */
  load(begun: boolean): Promise<Recovered>;
  write: NodeStorage['write'];
  damage(damage: DiskDamage): void | Promise<void>;
  /** Holding nothing, it becomes the same as a disk in memory. It is to be loaded before it is written to. */
  fill(disk: MemoryDisk): void | Promise<void>;
}

export interface NodeHomeOptions {
  readonly openDatabase: (options: OpenOptions) => Promise<NodeDatabase>;
  readonly copyDatabase: (options: CopyOptions) => Promise<void>;
  /** Takes what broke the worker itself, so that the page learns of it. */
  readonly onBroken: (error: unknown) => void;
}

/** A running node, what it takes for its disk, and what that really is. */
interface Life {
  readonly host: NodeHost;
  readonly disk: WindowDisk;
  readonly database: NodeDatabase;
  /** Set when the node's code threw or its disk failed: it does nothing any more. */
  failure: Failure | undefined;
}

/** A node's home in a worker: one host on a database of its own, its peers on message ports, time by grants. */
export class NodeHome implements NodeWorkerControl {
  readonly #options: NodeHomeOptions;
  readonly #links: PeerLinks;
  #id: NodeId = '';
  #opened: { readonly database: NodeDatabase; readonly recovered: Recovered } | undefined;
  #forerunner: Forerunner | undefined;
  #events: TimelineEvent[] = [];
  /** Sent in this grant, to peers and to clients. */
  #sent: Envelope[] = [];

  constructor(options: NodeHomeOptions) {
    this.#options = options;
    this.#links = new PeerLinks(options.onBroken);
  }

  async open(options: OpenOptions): Promise<OpenResult> {
    this.#id = options.id;
    try {
      const database = await this.#options.openDatabase(options);
      const recovered = await database.load(options.begun);
      this.#opened = { database, recovered };
      return { type: 'opened', atUs: recovered.atUs };
    } catch (error) {
      return failureOfOpening(options.id, error);
    }
  }

  async foresee(options: ForesightOptions): Promise<void> {
    // It brings the simulator with it, which a node that is not played ahead does not need.
    const { Forerunner } = await import('./forerunner.ts');
    this.#forerunner = new Forerunner(options);
  }

  async playAhead(stretch: Stretch): Promise<void> {
    this.#forerunner?.play(stretch);
  }

  async land({ id, owner, cluster, databaseName, copyName }: LandOptions): Promise<OpenResult> {
    this.#id = id;
    const { disk, copy } = this.#forerunner?.disksOf(owner) ?? {};
    const opening = { id: owner, cluster, begun: false };
    try {
      if (copy !== undefined) {
        const beside = await this.#options.openDatabase({ ...opening, databaseName: copyName });
        await beside.fill(copy);
      }
      const database = await this.#options.openDatabase({ ...opening, databaseName });
      if (disk !== undefined) await database.fill(disk);
      if (this.#forerunner?.node(id) === undefined) return { type: 'opened', atUs: -1 };
      const recovered = await database.load(true);
      this.#opened = { database, recovered };
      return { type: 'opened', atUs: recovered.atUs };
    } catch (error) {
      return failureOfOpening(id, error);
    }
  }

  async damage({ damage, ...options }: DamageOptions): Promise<void> {
    const database = await this.#options.openDatabase(options);
    await database.damage(damage);
  }

  copy(options: CopyOptions): Promise<void> {
    return this.#options.copyDatabase(options);
  }

  async start({ config, seed, world, nowUs }: StartOptions, port: MessagePort): Promise<Report> {
    if (this.#opened === undefined) throw new Error(`${this.#id}'s database is not open.`);
    const { database, recovered } = this.#opened;
    const disk = new WindowDisk(recovered);
    const ports = {
      storage: disk,
      deliver: (envelope: Envelope) => this.#sent.push(envelope),
      emit: (event: TimelineEvent) => this.#events.push(event),
    };
    const landed = this.#forerunner?.node(this.#id);
    landed?.moveTo(ports);
    this.#forerunner = undefined;
    const host = landed ?? new NodeHost({ id: this.#id, config, seed, world, nowUs, recovered, ...ports });
    const life: Life = { host, disk, database, failure: undefined };
    let last: Promise<void> = Promise.resolve();
    const say = (answer: Answer): void => port.postMessage(answer);
    port.onmessage = (message: MessageEvent<Grant>) => {
      last = last.then(() => this.#answer(life, message.data, say)).catch(this.#options.onBroken);
    };
    return this.#report(life, []).report;
  }

  async connect(peer: NodeId, port: MessagePort): Promise<void> {
    this.#links.connect(peer, port);
  }

  async #answer(life: Life, grant: Grant, say: (answer: Answer) => void): Promise<void> {
    const { expected } = grant;
    await this.#links.holding(expected, grant.type === 'hold' ? grant.gone : []);
    const { report, writes } = this.#report(life, await this.#carryOut(life, grant));
    say({ type: 'report', report });
    if (writes.length === 0) return;
    for (const write of writes) {
      try {
        await life.database.write(write);
      } catch (error) {
        life.failure = { atUs: write.atUs, message: failureOfWrite(this.#id, error) };
        break;
      }
    }
    say({ type: 'written', failure: life.failure });
  }

  /** Code that throws is a broken invariant: the node stops where it stands, with the evidence. */
  async #carryOut(life: Life, grant: Grant): Promise<readonly NodeId[]> {
    // Of what comes before the first moment nothing has happened yet.
    let atUs = grant.type === 'act' ? grant.atUs : -Infinity;
    try {
      const missing = this.#links.admit(grant.expected, (envelope) => life.host.receive(envelope));
      for (const envelope of grant.envelopes) life.host.receive(envelope);
      if (grant.type === 'hold' || life.failure !== undefined) return missing;
      if (grant.type === 'act') life.host.act(grant.atUs, grant.action);
      else {
        // Moment by moment, so that it is known at which one the code threw.
        for (let dueUs = life.host.nextDueUs(); dueUs < grant.untilUs; dueUs = life.host.nextDueUs()) {
          atUs = dueUs;
          await life.host.advance(dueUs + 1);
        }
      }
      return missing;
    } catch (error) {
      life.failure = { atUs, message: `${this.#id} stopped: ${sentenceOfError(error)}` };
      return [];
    }
  }

  /**
   * What the grant came to, and the writes that are to be done for it. The messages leave before those are: they count only
   * when the page has heard of both.
   */
  #report(
    life: Life,
    missing: readonly NodeId[],
  ): { readonly report: Report; readonly writes: readonly StorageWrite[] } {
    const { host, disk } = life;
    if (host.failure !== undefined) {
      life.failure ??= { atUs: host.failure.atUs, message: sentenceOfError(host.failure.error) };
    }
    for (const envelope of this.#sent) if (!isForClient(envelope)) this.#links.post(envelope);
    const writes = disk.takeWrites();
    const whole: Report = {
      ...emptyReport,
      events: this.#events,
      nextDueUs: host.nextDueUs(),
      posted: this.#links.takePosted(),
      envelopes: this.#sent.filter(isForClient),
      writes: writes.map(({ atUs }) => atUs),
      missing,
    };
    this.#events = [];
    this.#sent = [];
    const report = life.failure === undefined ? whole : endReport(whole, life.failure);
    return { report, writes: writes.slice(0, report.writes.length) };
  }
}

function isForClient({ to }: Envelope): boolean {
  return to.startsWith('c');
}

function failureOfOpening(id: NodeId, error: unknown): OpenResult {
  const message =
    error instanceof StorageError ? error.message : `${id}'s database cannot be opened: ${sentenceOfError(error)}`;
  return { type: 'failed', message };
}

function failureOfWrite(id: NodeId, error: unknown): string {
  return error instanceof StorageError ? error.message : `${id}'s disk failed: ${sentenceOfError(error)}`;
}
