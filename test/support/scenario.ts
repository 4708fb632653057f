import { parse } from 'yaml';
import * as v from 'valibot';
import { parseCommandLine } from '../../src/cluster/command-language.ts';
import type { NodeId } from '../../src/raft/entry.ts';
import type { MembershipChange } from '../../src/raft/membership-change.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import type { Action, TimedAction } from '../../src/timeline/action.ts';
import { describe as wordsOf, type EventKind } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig, type RunConfig } from '../../src/timeline/run-config.ts';
import { configSchema } from '../../src/timeline/run-schema.ts';
import type { Run } from '../../src/timeline/run.ts';
import type { NodeView, View } from '../../src/timeline/view.ts';
import { nextNode } from '../../src/timeline/world.ts';
import { conditionOf, leaderOf } from './scenario-conditions.ts';
import { logsAsText, membersAsText, storesAsText } from './scenario-pictures.ts';

/** How long an `until` may take, virtual microseconds. */
const PATIENCE_US = 60_000_000;

const scenarioSchema = v.strictObject({
  title: v.string(),
  /** Where the paper or the thesis tells of it. */
  section: v.string(),
  seed: v.pipe(v.number(), v.integer()),
  config: v.record(v.string(), v.unknown()),
  /** Which kinds of events its transcript tells. */
  tells: v.array(v.string()),
  steps: v.string(),
});

/** A story about a cluster: a few lines of commands, and which events are worth telling. */
export interface Scenario {
  readonly title: string;
  readonly section: string;
  readonly seed: number;
  readonly config: RunConfig;
  readonly tells: readonly EventKind[];
  readonly steps: readonly string[];
}

/** What a scenario came to: the run that plays it again, and after how many of its events each step began. */
export interface PlayedScenario {
  readonly run: Run;
  readonly events: readonly TimelineEvent[];
  readonly steps: readonly { readonly line: string; readonly begins: number }[];
}

export function parseScenario(text: string): Scenario {
  const parsed = v.parse(scenarioSchema, parse(text));
  const config = v.parse(configSchema, { ...defaultRunConfig, ...parsed.config });
  const steps = parsed.steps.split('\n').map((line) => line.trim());
  return { ...parsed, config, tells: parsed.tells as EventKind[], steps: steps.filter((line) => line !== '') };
}

/** Plays the story in the simulator. Throws, with the line, where a step makes no sense or waits in vain. */
export function playScenario(scenario: Scenario): PlayedScenario {
  const play = new Play(scenario);
  for (const line of scenario.steps) {
    try {
      play.step(line);
    } catch (error) {
      throw new Error(`“${scenario.title}”, step “${line}”: ${String(error)}\n${play.lastWords()}`, { cause: error });
    }
  }
  return play.outcome();
}

/**
 * - `wait 100ms`: time goes on.
 * - `until …`: time goes on to the moment at which it is so; see `conditionOf`.
 * - `show logs`, `show stores`, `show members`: a picture in the transcript.
 * - `c2: x=5`: a client asks; without a name it is c1. Nobody waits for the answer.
 * - anything else is a line of the command language. `follower` stands for the first node that does not lead.
 */
class Play {
  readonly #scenario: Scenario;
  readonly #simulator: Simulator;
  readonly #events: TimelineEvent[] = [];
  readonly #actions: TimedAction[] = [];
  readonly #steps: { readonly line: string; readonly begins: number }[] = [];
  #view: View;
  /** Who led when the last `until` came true. */
  #leaderBefore: string | undefined;
  #requests = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#simulator = new Simulator({ seed: scenario.seed, config: scenario.config });
    this.#view = initialView(scenario.config);
    this.#look();
  }

  step(line: string): void {
    this.#steps.push({ line, begins: this.#events.length });
    const [word = '', ...rest] = line.split(' ');
    if (word === 'show') return;
    if (word === 'wait') this.#wait(rest.join(' '));
    else if (word === 'until') this.#until(rest.join(' '));
    else this.#do(line);
  }

  outcome(): PlayedScenario {
    const { seed, config } = this.#scenario;
    const actions = this.#actions;
    return {
      run: { format: 'whitewater-run', version: 1, seed, config, actions, untilUs: this.#simulator.nowUs },
      events: this.#events,
      steps: this.#steps,
    };
  }

  /** What happened last, for whoever has to find out why a step waits in vain. */
  lastWords(): string {
    return this.#events
      .map((event) => ({ event, words: wordsOf(event) }))
      .filter(({ words }) => !words.noise && words.kind !== 'message' && words.kind !== 'disk')
      .slice(-12)
      .map(({ event, words }) => `${event.atUs} ${words.text}`)
      .join('\n');
  }

  #wait(text: string): void {
    const ms = /^(\d+) ?ms$/.exec(text)?.[1];
    if (ms === undefined) throw new Error('say how long, such as wait 100ms');
    this.#simulator.advance(this.#simulator.nowUs + Number(ms) * 1_000);
    this.#look();
  }

  #until(text: string): void {
    const isSo = conditionOf(text, this.#leaderBefore, this.#events.length);
    const endUs = this.#simulator.nowUs + PATIENCE_US;
    while (!isSo(this.#view, this.#events)) {
      const nextUs = this.#simulator.nextDueUs();
      if (nextUs > endUs) throw new Error('that did not come true within a minute of virtual time');
      // An action comes before all else at its moment, so what is due now has to be over.
      this.#simulator.advance(nextUs + 1);
      this.#look();
    }
    this.#leaderBefore = leaderOf(this.#view)?.id ?? this.#leaderBefore;
  }

  #do(line: string): void {
    const [, client = 'c1', command = line] = /^(c\d+): (.*)$/.exec(line) ?? [];
    const leader = leaderOf(this.#view)?.id;
    const follower = this.#view.world.nodes.find(
      (id) => id !== leader && this.#view.world.machines[id]?.status === 'up',
    );
    const { nodes } = this.#view.world;
    const parsed = parseCommandLine(command.replaceAll('follower', follower ?? 'follower'), nodes, leader);
    if ('error' in parsed) throw new Error(parsed.error);
    const wanted = parsed.command;
    if (wanted.type === 'action') this.#act(wanted.action);
    else if (wanted.type === 'transfer') this.#act({ type: 'transfer', from: leader ?? 'n1', to: wanted.to });
    else if (wanted.type === 'add-node') {
      const node = wanted.node ?? nextNode(this.#view.world);
      this.#change(leader ?? 'n1', { type: wanted.voter ? 'add-voter' : 'add-learner', node });
    } else if (wanted.type === 'membership') this.#change(leader ?? 'n1', wanted.change);
    else if (wanted.type === 'operation') {
      this.#requests += 1;
      this.#act({ type: 'request', client, requestId: `r${this.#requests}`, operation: wanted.operation });
    } else throw new Error(`a scenario cannot ${wanted.type}`);
  }

  /** Who is not there is started first. */
  #change(from: NodeId, change: MembershipChange): void {
    const named = change.type === 'set-voters' ? change.voters : 'node' in change ? [change.node] : [];
    for (const node of named) if (!this.#view.world.nodes.includes(node)) this.#act({ type: 'start-node', node });
    this.#act({ type: 'change-membership', from, change });
  }

  #act(action: Action): void {
    this.#actions.push({ atUs: this.#simulator.nowUs, action });
    this.#simulator.act(action);
    this.#look();
  }

  #look(): void {
    const events = this.#simulator.takeEvents();
    for (const event of events) this.#events.push(event);
    this.#view = fold(this.#view, events);
  }
}

/** The story as a person reads it: each step, and what happened then. */
export function transcriptOf(
  { title, section, config, tells }: Scenario,
  { steps }: Pick<PlayedScenario, 'steps'>,
  events: readonly TimelineEvent[],
): string {
  const lines = [`${title} (${section})`];
  let view = initialView(config);
  for (const [place, { line, begins }] of steps.entries()) {
    const ends = steps[place + 1]?.begins ?? events.length;
    if (place === 0) view = tell(lines, tells, view, events.slice(0, begins));
    lines.push('', `> ${line}`);
    const picture = pictureFor(line, view);
    if (picture !== undefined) lines.push(...picture);
    view = tell(lines, tells, view, events.slice(begins, ends));
  }
  return `${lines.join('\n')}\n`;
}

function pictureFor(line: string, view: View): readonly string[] | undefined {
  const nodes = view.world.nodes.flatMap((id): NodeView[] => (view.nodes[id] === undefined ? [] : [view.nodes[id]]));
  if (line === 'show logs') return logsAsText(nodes);
  if (line === 'show stores') return storesAsText(nodes);
  if (line === 'show members') return membersAsText(nodes);
  if (line.startsWith('show')) throw new Error(`There is no picture for “${line}”.`);
  return undefined;
}

function tell(lines: string[], tells: readonly EventKind[], before: View, events: readonly TimelineEvent[]): View {
  let view = before;
  for (const event of events) {
    const words = wordsOf(event, view);
    view = fold(view, [event]);
    if (words.noise || !tells.includes(words.kind)) continue;
    const section = words.section === undefined ? '' : ` (${words.section})`;
    lines.push(`${(event.atUs / 1_000).toFixed(3).padStart(9)}  ${words.text}${section}`);
  }
  return view;
}
