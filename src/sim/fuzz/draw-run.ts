import type { NodeId } from '../../raft/entry.ts';
import { chance, createRandom, type Random } from '../../raft/random.ts';
import type { SabotageNeed } from '../../raft/sabotage-book.ts';
import type { SabotageName } from '../../raft/sabotage-name.ts';
import type { TimedAction } from '../../timeline/action.ts';
import type { RunConfig } from '../../timeline/run-config.ts';
import { RUN_VERSION, type Run } from '../../timeline/run.ts';
import { nodeIds } from '../../timeline/world.ts';
import { drawConfig } from './draw-config.ts';
import { drawRequests } from './draw-requests.ts';
import { pick, someOf, whole } from './draw.ts';
import { faultBook } from './fault-book.ts';
import { favouredConfig, favouredWeather, needsOf } from './favour.ts';
import { demandProgress, heal, progressBoundMs, renewsLeasesInTime, type Demand } from './progress.ts';
import { at, type Site } from './site.ts';
import { drawWeather, type Weather } from './weather.ts';

/** The most actions of faults that a run has: rates and lengths keep far below. */
const MAX_FAULT_ACTIONS = 5_000;
/** How many machines may be started beside the first ones. */
const MAX_NEWCOMERS = 3;

export interface DrawOptions {
  /** So many nodes, and no others. Left out: drawn, 1 to 9. */
  readonly nodes?: number;
  /** Rules that are wrong. Left out: none. The weather is such as they need to show. */
  readonly sabotages?: readonly SabotageName[];
}

/**
 * A run of some virtual seconds in rough water: the seed decides on the cluster, its switches, the faults that come and how
 * often, and on what clients ask for. Then as much is healed as it takes, and there has to be progress within
 * {@link progressBoundMs}. The same seed and options give the same run.
 */
export function drawRun(seed: number, options: DrawOptions = {}): Run {
  const { sabotages = [] } = options;
  const needs = needsOf(sabotages);
  const weather = favouredWeather(drawWeather(seed), needs);
  const drawn = drawConfig(
    createRandom(seed, 'fuzz', 'config'),
    options.nodes ?? (needs.has('even-nodes') ? 4 : undefined),
  );
  const config = { ...favouredConfig(drawn, needs), ...(sabotages.length > 0 && { sabotages }) };
  const random = createRandom(seed, 'fuzz', 'run');
  const newcomers = whole(random, 0, MAX_NEWCOMERS);
  const endMs = whole(random, 1_500, 6_000);
  const nodes = nodeIds(config.nodes + (weather.membership === undefined ? 0 : newcomers));
  const doomed = weather.membership === undefined ? drawDoomed(seed, nodes) : [];
  const site: Site = { config, nodes, doomed };
  const started = nodes.slice(config.nodes).map((node) => at(0, { type: 'start-node', node }));
  const storm = drawStorm(seed, site, weather, endMs);
  const asked = drawRequests(createRandom(seed, 'fuzz', 'requests'), site, endMs);
  const boundMs = mayDemandProgress(config, weather) ? progressBoundMs(config) : 0;
  const calm =
    boundMs > 0
      ? drawCalm(createRandom(seed, 'fuzz', 'calm'), { ...site, weather, needs }, endMs, endMs + boundMs)
      : [];
  return {
    format: 'whitewater-run',
    version: RUN_VERSION,
    seed,
    config,
    actions: [...started, ...inOrder([...storm, ...asked]), ...calm],
    untilUs: (endMs + boundMs) * 1_000,
  };
}

/** Each fault comes on its own, from a generator of its own. All end with the storm. */
function drawStorm(seed: number, site: Site, weather: Weather, endMs: number): TimedAction[] {
  const actions: TimedAction[] = [];
  for (const { name, draw } of faultBook) {
    const meanMs = weather[name];
    if (meanMs === undefined) continue;
    const random = createRandom(seed, 'fuzz', name);
    let atMs = whole(random, 0, 2 * meanMs);
    while (atMs < endMs && actions.length < MAX_FAULT_ACTIONS) {
      actions.push(...draw(random, site, atMs).filter(({ atUs }) => atUs < endMs * 1_000));
      atMs += whole(random, 1, 2 * meanMs);
    }
  }
  return actions;
}

/** Where the storm was, what it was like, and what it takes to be seen. */
interface Storm extends Site {
  readonly weather: Weather;
  readonly needs: ReadonlySet<SabotageNeed>;
}

/** All machines run again or a bare majority, whichever it is, and something has to come about. */
function drawCalm(random: Random, storm: Storm, fromMs: number, untilMs: number): TimedAction[] {
  const running = drawRunning(random, storm);
  const maySwap = running.length > 1 && storm.weather.membership === undefined;
  const demands: readonly Demand[] = maySwap ? ['write', 'write', 'read', 'transfer'] : ['write', 'read'];
  const demand = pick(random, demands);
  return [...heal(storm, running, fromMs), ...demandProgress(random, demand, running, storm.config, fromMs, untilMs)];
}

/** Where members come and go, only the run itself can tell of whom it takes a majority. */
function drawRunning(random: Random, { nodes, doomed, weather, needs }: Storm): readonly NodeId[] {
  if (weather.membership !== undefined) return nodes;
  const areRuined = weather['damaged-disk'] !== undefined || weather['swapped-disks'] !== undefined;
  const sound = areRuined ? nodes.filter((node) => !doomed.includes(node)) : nodes;
  const majority = Math.floor(nodes.length / 2) + 1;
  const some = someOf(random, sound, majority, majority);
  if (needs.has('bare-majority')) return some;
  return chance(random, 0.5) ? sound : some;
}

/** A minority, or a part of it. */
function drawDoomed(seed: number, nodes: readonly NodeId[]): readonly NodeId[] {
  const most = Math.floor((nodes.length - 1) / 2);
  return most === 0 ? [] : someOf(createRandom(seed, 'fuzz', 'doomed'), nodes, 1, most);
}

/** Where members come and go, only with leader stickiness, and only of leaders that can keep a lease: see `isFairDemand`. */
function mayDemandProgress(config: RunConfig, weather: Weather): boolean {
  return (weather.membership === undefined || config.leaderStickiness === true) && renewsLeasesInTime(config);
}

/** In order of time; what comes at one moment stays in the order in which it was drawn. */
function inOrder(actions: readonly TimedAction[]): TimedAction[] {
  return [...actions].sort((one, other) => one.atUs - other.atUs);
}
