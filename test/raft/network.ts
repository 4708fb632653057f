import type { RaftConfig } from '../../src/raft/config.ts';
import { membersOf } from '../../src/raft/configuration.ts';
import type { Effect } from '../../src/raft/effect.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import type { Input } from '../../src/raft/input.ts';
import type { Message } from '../../src/raft/message.ts';
import { beginning } from '../../src/raft/log.ts';
import { below, chance, createRandom, nextUint32 } from '../../src/raft/random.ts';
import type { Random } from '../../src/raft/random.ts';
import type { ReadMode } from '../../src/raft/read.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import type { Persisted } from '../../src/raft/raft-state.ts';
import { paperRules } from '../../src/raft/rules.ts';
import type { Rules } from '../../src/raft/rules.ts';
import { clockReading, momentOfReading, trueClock, type NodeClock } from '../../src/timeline/node-clock.ts';
import type { EffectOf } from './one-node.ts';
import { ConfigurationSafety } from './configuration-safety.ts';
import { randomChange } from './random-change.ts';
import { ReadWatch } from './read-watch.ts';
import { Safety } from './safety.ts';

/** How rough the network and how frail the nodes are: how often each thing happens, compared with the others. */
export interface Weather {
  /** The timer of whoever is next due fires. */
  readonly timer: number;
  /** Anybody's timer fires, long before the others' clocks have come so far. */
  readonly strayTimer: number;
  readonly deliver: number;
  readonly drop: number;
  readonly duplicate: number;
  readonly write: number;
  readonly propose: number;
  readonly crash: number;
  readonly restart: number;
  /** A node is cut off from all others. */
  readonly cut: number;
  /** All cuts are healed. */
  readonly heal: number;
  /** A leader is asked to hand its lead over. */
  readonly transfer?: number;
  /** A node takes a snapshot, and compacts its log. */
  readonly snapshot?: number;
  /** A leader is asked to change the membership. */
  readonly change?: number;
  /** Somebody is asked to read. */
  readonly read?: number;
}

const middling: Weather = {
  timer: 2,
  strayTimer: 0.5,
  deliver: 60,
  drop: 3,
  duplicate: 3,
  write: 40,
  propose: 8,
  crash: 0.5,
  restart: 2,
  cut: 0.5,
  heal: 1,
};

/** Leaders come and go before what they wrote has spread: what Figure 8 needs. */
export const changeable: Weather = {
  timer: 2,
  strayTimer: 1,
  deliver: 60,
  drop: 5,
  duplicate: 1,
  write: 40,
  propose: 2,
  crash: 1,
  restart: 10,
  cut: 0.3,
  heal: 2,
};

/** Leaders hand over all the time. */
export const handingOver: Weather = { ...middling, transfer: 4 };

/** Logs are compacted all the time. */
export const compacting: Weather = { ...middling, snapshot: 6, crash: 1, cut: 1 };

/** Members come and go, and so do leaders. */
export const comingAndGoing: Weather = { ...changeable, restart: 5, propose: 4, change: 6 };
/** Everybody is asked to read all the time, and leaders come and go. */
export const reading: Weather = { ...middling, read: 12, transfer: 1, strayTimer: 1, cut: 1, restart: 5 };

/**
 * Weather drawn from a seed. What is rare in one kind of weather is common in another, and what no single kind would
 * bring about in years, some of many will.
 */
function weatherOf(seed: number): Weather {
  const random = createRandom(seed, 'weather');
  const factors = [0.2, 1, 1, 5];
  const weather: { -readonly [Deed in keyof Weather]: number } = { ...middling };
  for (const deed of Object.keys(weather) as (keyof Weather)[]) {
    weather[deed] *= factors[below(random, factors.length)] ?? 1;
  }
  return weather;
}

export interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: Message;
}

/** A node with its disk. `disk` is what a crash leaves. */
export interface Machine {
  readonly id: NodeId;
  disk: Persisted;
  node: RaftNode | undefined;
  /** Asked for, not durable yet, oldest first. */
  writes: EffectOf<'persist'>[];
  /** Waiting for a write. */
  held: EffectOf<'send'>[];
}

export interface NetworkOptions {
  readonly size: number;
  /** How many more there are that belong to no cluster yet. */
  readonly spares?: number;
  readonly seed: number;
  readonly weather?: Weather;
  readonly rules?: Rules;
  readonly maxEntriesPerAppend?: number;
  /** How far off the machines' clocks are. */
  readonly driftPpm?: number;
  /** Beyond the usual: what is switched on. */
  readonly config?: Partial<RaftConfig>;
  /** Sees every turn, with its effects. */
  readonly onTurn?: (machine: Machine, nowUs: number, inputs: readonly Input[], effects: readonly Effect[]) => void;
}

/**
 * A cluster in which anything happens at any time: messages come in any order, twice or never, disks take as long as
 * they like, nodes crash and keep only what was durable. All of it is drawn from one seed, and watched at every step.
 */
export class Network {
  readonly machines: readonly Machine[];
  readonly safety: Safety;
  readonly quorums = new ConfigurationSafety();
  readonly reads = new ReadWatch();
  readonly flights: Flight[] = [];
  nowUs = 0;
  private readonly random: Random;
  private readonly weather: Weather;
  private readonly rules: Rules;
  private readonly maxEntriesPerAppend: number;
  private readonly config: Partial<RaftConfig>;
  private readonly onTurn: NetworkOptions['onTurn'];
  private readonly members: readonly NodeId[];
  private readonly cutOff = new Set<NodeId>();
  private proposals = 0;
  /** By how many millionths each machine's clock is fast. */
  private readonly drifts: readonly number[];

  constructor(options: NetworkOptions) {
    const { size, seed, weather = weatherOf(seed), rules = paperRules, maxEntriesPerAppend = 3, onTurn } = options;
    this.maxEntriesPerAppend = maxEntriesPerAppend;
    this.onTurn = onTurn;
    this.config = options.config ?? {};
    this.safety = new Safety(size + (options.spares ?? 0), this.config);
    this.random = createRandom(seed, 'network');
    this.weather = weather;
    this.rules = rules;
    this.members = namesUpTo(size);
    this.machines = namesUpTo(size + (options.spares ?? 0)).map((id) => ({
      id,
      disk: { term: 0, votedFor: undefined, entries: [] },
      node: undefined,
      writes: [],
      held: [],
    }));
    // As far off as the nodes are told to expect, both ways.
    const driftPpm = options.driftPpm ?? 0;
    this.drifts = this.machines.map((_, position) => [driftPpm, -driftPpm][position % 2] ?? 0);
    for (const machine of this.machines) this.start(machine);
  }

  private clockOf(machine: Machine): NodeClock {
    return { ...trueClock, driftPpm: this.drifts[this.machines.indexOf(machine)] ?? 0 };
  }

  /** One thing happens. Where all is quiet, time goes on to the next timer. */
  step(): void {
    const { weather } = this;
    const quiet = this.flights.length === 0 && this.machines.every(({ writes }) => writes.length === 0);
    if (quiet && chance(this.random, 0.9)) {
      this.fireTimer(false);
      return;
    }
    const deeds: readonly [number, () => void][] = [
      [weather.timer, () => this.fireTimer(false)],
      [weather.strayTimer, () => this.fireTimer(true)],
      [weather.deliver, () => this.deliver()],
      [weather.drop, () => void this.take()],
      [weather.duplicate, () => this.duplicate()],
      [weather.write, () => this.write()],
      [weather.propose, () => this.propose()],
      [weather.crash, () => this.crash(this.pick(this.machines))],
      [weather.restart, () => this.restart(this.pick(this.machines))],
      [weather.cut, () => void this.cutOff.add(this.pick(this.machines).id)],
      [weather.heal, () => this.cutOff.clear()],
      [weather.transfer ?? 0, () => this.transfer()],
      [weather.snapshot ?? 0, () => this.takeSnapshot()],
      [weather.change ?? 0, () => this.change()],
      [weather.read ?? 0, () => this.read()],
    ];
    const total = deeds.reduce((sum, [weight]) => sum + weight, 0);
    let draw = (nextUint32(this.random) / 2 ** 32) * total;
    for (const [weight, deed] of deeds) {
      if (draw < weight) return deed();
      draw -= weight;
    }
  }

  /** Everybody up, nothing lost, disks prompt, until all have applied the same, or so many timers have fired. */
  calm(timers: number): boolean {
    this.cutOff.clear();
    for (const machine of this.machines) this.restart(machine);
    for (let fired = 0; fired < timers; fired++) {
      this.fireTimer(false);
      this.settle();
      if (this.agreed()) return true;
    }
    return false;
  }

  private settle(): void {
    for (let steps = 0; steps < 100_000; steps++) {
      const writing = this.machines.find(({ writes }) => writes.length > 0);
      if (writing !== undefined) this.completeWrite(writing);
      else if (this.flights.length > 0) this.deliver();
      else return;
    }
    throw new Error('The network does not come to rest.');
  }

  private agreed(): boolean {
    const leaders = this.machines.flatMap(({ node }) => (node?.role === 'leader' ? [node] : []));
    const [leader] = leaders.sort((one, other) => other.term - one.term);
    if (leader === undefined || leader.commitIndex !== leader.lastIndex) return false;
    // Who is no member is told nothing any more.
    const members = membersOf(leader.configuration);
    return this.machines.every(
      ({ id, node }) =>
        !members.includes(id) || (node?.lastApplied === leader.lastApplied && node.term === leader.term),
    );
  }

  turn(machine: Machine, inputs: readonly Input[]): void {
    const { node } = machine;
    if (node === undefined) return;
    const effects = node.step(clockReading(this.clockOf(machine), this.nowUs), inputs);
    this.onTurn?.(machine, this.nowUs, inputs, effects);
    for (const effect of effects) this.carryOut(machine, effect);
    for (const effect of effects) if (effect.type === 'persist') this.safety.writeAsked(this.nowUs, machine.id, effect);
  }

  private carryOut(machine: Machine, effect: Effect): void {
    switch (effect.type) {
      case 'persist':
        machine.writes.push(effect);
        break;
      case 'send':
        if (effect.afterSequence === 0) this.post(machine, effect);
        else machine.held.push(effect);
        break;
      case 'apply':
        this.safety.applied(this.nowUs, machine.id, effect.entries);
        break;
      case 'restore':
        this.safety.restored(machine.id, effect.snapshot);
        break;
      case 'event':
        this.safety.event(this.nowUs, machine.id, effect.event, this.clockOf(machine));
        // Where members do not change, the other watch says better what is wrong.
        if (this.weather.change !== undefined) this.quorums.event(machine.id, effect.event);
        break;
      case 'read-ready':
        this.reads.ready(machine.id, effect);
        break;
      case 'read-refused':
        this.reads.refused(effect);
        break;
      case 'proposal-accepted':
      case 'proposal-refused':
      case 'transfer-refused':
      case 'membership-refused':
        break;
    }
  }

  private post(machine: Machine, { to, message }: EffectOf<'send'>): void {
    this.safety.leaves(this.nowUs, machine.id, to, message);
    if (this.cutOff.has(machine.id) || this.cutOff.has(to)) return;
    this.flights.push({ from: machine.id, to, message });
    // The oldest are lost rather than let the network fill up without end.
    if (this.flights.length > 500) this.flights.shift();
  }

  private write(): void {
    const writing = this.machines.filter(({ writes }) => writes.length > 0);
    if (writing.length > 0) this.completeWrite(this.pick(writing));
  }

  /** The oldest write of a machine becomes durable, or its two oldest at once. */
  private completeWrite(machine: Machine): void {
    const [write] = machine.writes
      .splice(0, chance(this.random, 0.3) ? 2 : 1)
      .map((done) => {
        machine.disk = written(machine.disk, done);
        this.safety.written(this.nowUs, machine.id, done);
        return done;
      })
      .reverse();
    if (write === undefined) return;
    const { sequence } = write;
    const free = machine.held.filter(({ afterSequence }) => afterSequence <= sequence);
    machine.held = machine.held.filter(({ afterSequence }) => afterSequence > sequence);
    for (const send of free) this.post(machine, send);
    this.turn(machine, [{ type: 'persisted', sequence }]);
  }

  private deliver(): void {
    const first = this.take();
    if (first === undefined) return;
    const machine = this.machines.find(({ id }) => id === first.to);
    if (machine === undefined) return;
    const inputs: Input[] = [{ type: 'message', from: first.from, message: first.message }];
    // Sometimes several messages are there when the node takes its turn.
    while (chance(this.random, 0.2)) {
      const at = this.flights.findIndex(({ to }) => to === machine.id);
      const [next] = at < 0 ? [] : this.flights.splice(at, 1);
      if (next !== undefined) inputs.push({ type: 'message', from: next.from, message: next.message });
    }
    this.turn(machine, inputs);
  }

  private take(): Flight | undefined {
    if (this.flights.length === 0) return undefined;
    return this.flights.splice(below(this.random, this.flights.length), 1)[0];
  }

  private duplicate(): void {
    if (this.flights.length > 0) this.flights.push(this.pick(this.flights));
  }

  private fireTimer(stray: boolean): void {
    const up = this.machines.filter(({ node }) => node !== undefined);
    if (up.length === 0) return;
    const due = (machine: Machine): number =>
      momentOfReading(this.clockOf(machine), machine.node?.deadlineUs ?? Infinity);
    const next = stray ? this.pick(up) : up.reduce((first, machine) => (due(machine) < due(first) ? machine : first));
    this.nowUs = Math.max(this.nowUs, due(next));
    this.turn(next, [{ type: 'timer' }]);
  }

  private propose(): void {
    const leaders = this.machines.filter(({ node }) => node?.role === 'leader');
    if (leaders.length === 0) return;
    this.proposals++;
    const proposalId = this.proposals;
    this.turn(this.pick(leaders), [{ type: 'propose', proposalId, command: `p${proposalId}` }]);
  }

  private read(): void {
    const leaders = this.machines.filter(({ node }) => node?.role === 'leader');
    // Who leads without knowing that another does is whom it is about.
    const machine = this.pick(leaders.length > 0 && chance(this.random, 0.7) ? leaders : this.machines);
    if (machine.node === undefined) return;
    const mode = this.pick<ReadMode>(['read-index', 'lease', 'follower']);
    const readId = this.reads.asked(machine.id, this.safety.lastCommitted);
    this.turn(machine, [{ type: 'read', readId, mode }]);
  }

  private transfer(): void {
    const leaders = this.machines.filter(({ node }) => node?.role === 'leader');
    if (leaders.length === 0) return;
    this.turn(this.pick(leaders), [{ type: 'transfer-leadership', to: this.pick(this.machines).id }]);
  }

  /** Mostly of all that it has applied; now and then of less, or of what it has not. */
  private takeSnapshot(): void {
    const machine = this.pick(this.machines);
    const { node } = machine;
    if (node === undefined) return;
    const index = Math.max(0, node.lastApplied - (chance(this.random, 0.3) ? below(this.random, 4) - 1 : 0));
    const data = this.safety.stateAt(index) ?? new Uint8Array(3);
    this.turn(machine, [{ type: 'snapshot-taken', index, data }]);
  }

  private change(): void {
    const leaders = this.machines.filter(({ node }) => node?.role === 'leader');
    if (leaders.length === 0) return;
    const ids = this.machines.map(({ id }) => id);
    const leader = this.pick(leaders);
    this.turn(leader, [{ type: 'change-membership', change: randomChange(this.random, ids) }]);
  }

  private crash(machine: Machine): void {
    machine.node = undefined;
    machine.writes = [];
    machine.held = [];
    this.safety.crashed(this.nowUs, machine.id);
    this.reads.crashed(machine.id);
  }

  private restart(machine: Machine): void {
    if (machine.node === undefined) this.start(machine);
  }

  private start(machine: Machine): void {
    const members = this.members.includes(machine.id) ? this.members : [];
    const config = {
      id: machine.id,
      members,
      electionTimeoutMinUs: 150_000,
      electionTimeoutMaxUs: 300_000,
      heartbeatUs: 50_000,
      maxEntriesPerAppend: this.maxEntriesPerAppend,
      maxUncommittedEntries: 20,
      observe: true,
      ...this.config,
    };
    const nowUs = clockReading(this.clockOf(machine), this.nowUs);
    machine.node = new RaftNode(config, machine.disk, nextUint32(this.random), nowUs, this.rules);
    this.turn(machine, []);
  }

  private pick<Item>(items: readonly Item[]): Item {
    const item = items[below(this.random, items.length)];
    if (item === undefined) throw new Error('There is nothing to pick from.');
    return item;
  }
}

function namesUpTo(count: number): readonly NodeId[] {
  return Array.from({ length: count }, (_, position) => `n${position + 1}`);
}

/** What a disk holds after a write. */
function written(disk: Persisted, write: EffectOf<'persist'>): Persisted {
  const { base = beginning } = disk;
  const { truncateFrom = Infinity, snapshot = disk.snapshot } = write;
  const { compactTo = base } = write;
  const kept = disk.entries.filter(({ index }) => index < truncateFrom && index > compactTo.index);
  const entries = [...kept, ...write.entries];
  const gap = entries.findIndex(({ index }, position) => index !== compactTo.index + position + 1);
  if (gap >= 0) throw new Error(`Write ${write.sequence} leaves a gap at ${compactTo.index + gap + 1}.`);
  return { term: write.term, votedFor: write.votedFor, entries, base: compactTo, snapshot };
}
