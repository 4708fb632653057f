import type { NodeId } from '../raft/entry.ts';
import { Simulator } from '../sim/simulator.ts';
import type { TimedAction } from '../timeline/action.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import type { Run } from '../timeline/run.ts';
import { Timeline } from '../timeline/timeline.ts';
import { smallestLatencyUs, type World } from '../timeline/world.ts';
import { breath } from './breath.ts';
import type { Engine } from './engine.ts';
import type { Revival } from './revival.ts';
import type { SavedRun } from './run-journal.ts';
import type { Resume } from './worker-engine.ts';

/** How much virtual time is simulated before it is asked whether the page has to breathe, microseconds. */
const SLICE_US = 2_000_000;
/** For how long, in real milliseconds, the page holds its breath. */
const BREATH_MS = 25;

const HOUR_US = 3_600_000_000;
/** The oldest run that is played again, in virtual microseconds: it keeps a machine busy for some ten minutes. */
export const MAX_REVIVED_US = 48 * HOUR_US;
/** How far beyond the last action and the last write a saved clock is believed, in virtual microseconds. */
export const MAX_IDLE_US = HOUR_US;

/**
 * Brings back a cluster whose page went away. That was a power failure, and it is written into the run as one.
 *
 * The timeline needs no saving: the run is played again in the simulator, which gives the same events. What has to be found
 * out is when the power failed, and the nodes' own disks tell. Every write on them carries its moment. Let T be the latest of
 * them, and L the smallest latency of a link. Every node had got at least to T - L, because nobody is granted a window that
 * reaches further than L beyond the slowest. So a node whose last write is at w stood still at some moment not before
 * max(T - L, w), and after it wrote nothing; and what it sent after T - L, nobody had received. To fail it just after
 * max(T - L, w) therefore gives exactly the disks that are there. The page's own saved clock can only make it later; one
 * that is out of all proportion is left aside.
 *
 * `say` is told how far it has come, 0 to 1. Rejects with a sentence where the run is older than {@link MAX_REVIVED_US}.
 */
export async function reviveCluster(
  saved: SavedRun,
  lastWrites: ReadonlyMap<NodeId, number>,
  createEngine: (resume: Resume) => Engine,
  say: (share: number) => void,
): Promise<Revival> {
  const { run, remark } = withSoundClock(saved.run, lastWrites);
  const simulator = new Simulator({ seed: run.seed, config: run.config });
  const timeline = new Timeline(run.config);
  const replay = async (actions: readonly TimedAction[], untilUs: number): Promise<void> => {
    for (const { atUs, action } of actions) {
      await advance(simulator, atUs, untilUs, timeline, say);
      simulator.act(action);
    }
    await advance(simulator, untilUs, untilUs, timeline, say);
  };
  await replay(run.actions, run.actions.at(-1)?.atUs ?? 0);
  const running = simulator.world.nodes.filter((node) => simulator.world.machines[node]?.status !== 'down');
  const failures = powerFailures(run, simulator.world, running, lastWrites);
  const untilUs = failures.at(-1)?.atUs ?? run.untilUs;
  await replay(failures, untilUs);
  const { world, nowUs, clientIncarnation } = simulator;
  const begun = new Set([...simulator.disks].filter(([, disk]) => disk.lastWriteUs >= 0).map(([node]) => node));
  const lost = nodesWithoutPower(run);
  const nodes = world.nodes.filter((node) => running.includes(node) || lost.has(node));
  const returning = nodes.length === 0 ? undefined : ({ type: 'power-return', nodes } as const);
  return {
    engine: createEngine({ world, nowUs, clientIncarnation, begun }),
    // What it did by itself since the last action stands there, too: a disk that failed its node.
    actions: simulator.takePerformed(),
    timeline,
    returning,
    remark,
    verify: (real) => {
      simulator.takeEvents();
      if (returning !== undefined) simulator.act(returning);
      return compareStarts(real, simulator.takeEvents());
    },
  };
}

/** The run without a clock that nothing speaks for: to play on to it might take for ever. */
function withSoundClock(
  run: Run,
  lastWrites: ReadonlyMap<NodeId, number>,
): { readonly run: Run; readonly remark: string | undefined } {
  const evidentUs = Math.max(0, run.actions.at(-1)?.atUs ?? 0, ...lastWrites.values());
  if (evidentUs > MAX_REVIVED_US) {
    throw new Error(
      `it is ${hours(evidentUs)} virtual hours old, and at most ${hours(MAX_REVIVED_US)} are played again.`,
    );
  }
  if (run.untilUs <= evidentUs + MAX_IDLE_US) return { run, remark: undefined };
  const idle = `${hours(run.untilUs - evidentUs)} virtual hours after the last action and the last write`;
  const remark = `The saved clock stood ${idle}, so it was left aside: the cluster goes on from those.`;
  return { run: { ...run, untilUs: run.actions.at(-1)?.atUs ?? 0 }, remark };
}

function hours(us: number): number {
  return Math.round(us / HOUR_US);
}

/**
 * Nodes whose power had failed before and had not come back when the page went away once more: it was just about to bring
 * them back.
 */
function nodesWithoutPower({ actions }: Run): ReadonlySet<NodeId> {
  const nodes = new Set<NodeId>();
  for (let place = actions.length - 1; place >= 0; place -= 1) {
    const action = actions[place]?.action;
    // A disk may have failed its node between the failures of two others.
    if (action?.type === 'crash') continue;
    if (action?.type !== 'power-failure') break;
    for (const node of action.nodes) nodes.add(node);
  }
  return nodes;
}

/** When each node's power failed, as actions in order of time; the clients lose theirs with the last of them. */
function powerFailures(
  run: Run,
  world: World,
  running: readonly NodeId[],
  lastWrites: ReadonlyMap<NodeId, number>,
): TimedAction[] {
  const latestWriteUs = Math.max(-1, ...lastWrites.values());
  const leastUs = Math.max(run.untilUs, latestWriteUs - smallestLatencyUs(world) + 1);
  const nodesByMoment = new Map<number, NodeId[]>();
  for (const node of running) {
    const atUs = Math.max(leastUs, (lastWrites.get(node) ?? -1) + 1);
    nodesByMoment.set(atUs, [...(nodesByMoment.get(atUs) ?? []), node]);
  }
  const moments = [...nodesByMoment].sort(([one], [other]) => one - other);
  if (moments.length === 0) moments.push([leastUs, []]);
  return moments.map(([atUs, nodes], place) => ({
    atUs,
    action: { type: 'power-failure', nodes, clients: place === moments.length - 1 },
  }));
}

async function advance(
  simulator: Simulator,
  toUs: number,
  untilUs: number,
  timeline: Timeline,
  say: (share: number) => void,
): Promise<void> {
  let breathedMs = performance.now();
  while (simulator.nowUs < toUs) {
    simulator.advance(Math.min(toUs, simulator.nowUs + SLICE_US));
    timeline.append(simulator.takeEvents());
    if (simulator.nowUs >= toUs) break;
    if (performance.now() - breathedMs < BREATH_MS) continue;
    say(simulator.nowUs / untilUs);
    await breath();
    breathedMs = performance.now();
  }
  timeline.append(simulator.takeEvents());
}

/** The nodes' own databases against what the run says should be in them. */
function compareStarts(real: readonly TimelineEvent[], expected: readonly TimelineEvent[]): string | undefined {
  const startsOf = (events: readonly TimelineEvent[]): Map<NodeId, string> => {
    const starts = new Map<NodeId, string>();
    for (const { actor, event } of events) {
      // What a snapshot held stands in the second.
      if (event.type !== 'started' && event.type !== 'store-restored') continue;
      starts.set(actor, `${starts.get(actor) ?? ''}${JSON.stringify(event)}`);
    }
    return starts;
  };
  const expectedStarts = startsOf(expected);
  const different = [...startsOf(real)]
    .filter(([node, start]) => expectedStarts.get(node) !== start)
    .map(([node]) => node);
  if (different.length === 0) return undefined;
  return `The database of ${different.join(', ')} does not hold what the run says it should: from here on the timeline cannot be played again exactly.`;
}
