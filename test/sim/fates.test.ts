import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fate } from '../../src/kv/client-message.ts';
import type { OperationResult } from '../../src/kv/command.ts';
import { parseCommand, parseOpenSession } from '../../src/kv/limits.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { Action } from '../../src/timeline/action.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import type { Run } from '../../src/timeline/run.ts';
import { nodeIds } from '../../src/timeline/world.ts';
import { anyRun } from '../support/random-run.ts';

/** How long all is well at the end, so that whatever may still happen does; virtual microseconds. */
const CALM_US = 12_000_000;

/** The run with impatient clients, half of the time on links that double messages, and a long calm at its end. */
function withCalm(run: Run): Run {
  const nodes = nodeIds(run.config.nodes);
  const calm: Action[] = [
    { type: 'heal', links: undefined },
    { type: 'power-return', nodes },
    ...nodes.map((node): Action => ({ type: 'resume', node })),
    { type: 'set-links', links: undefined, quality: { loss: 0, duplication: 0, latency: { meanMs: 10, spreadMs: 2 } } },
    { type: 'set-disk', nodes: undefined, latency: { meanMs: 1, spreadMs: 0 } },
  ];
  const network = { ...run.config.network, duplication: run.seed % 2 === 0 ? 0.5 : 0 };
  const client = { attemptTimeoutMs: 400, deadlineMs: 300 + (run.seed % 5) * 200, retryDelayMs: 60 };
  return {
    ...run,
    config: { ...run.config, network, client },
    actions: [...run.actions, ...calm.map((action) => ({ atUs: run.untilUs, action }))],
    untilUs: run.untilUs + CALM_US,
  };
}

/** It leaves no trace in the log. */
function isReadWithoutLog(fate: Fate): boolean {
  return fate.type === 'committed' && fate.via !== undefined;
}

/** What the clients were told, and what the nodes did, by client and sequence number. */
function readOutcomes(events: readonly TimelineEvent[]) {
  const commandOf = new Map<string, string>();
  const fates = new Map<string, Fate>();
  const applied = new Map<string, { index: number; result: OperationResult | undefined; repeat: boolean }[]>();
  for (const { actor, event } of events) {
    if (event.type === 'message-sent' && event.message.type === 'client-request') {
      if (!('sequence' in event.message.command)) continue;
      const { client, sequence } = event.message.command;
      commandOf.set(`${actor}/${event.message.requestId}`, `${client}/${sequence}`);
    } else if (event.type === 'request-ended' && !isReadWithoutLog(event.fate)) {
      fates.set(`${actor}/${event.requestId}`, event.fate);
    } else if (event.type === 'applied' && event.entry.type === 'command') {
      // Opening a session, or coming too late for one, does nothing.
      if (parseOpenSession(event.entry.command) !== undefined || event.result?.type === 'expired') continue;
      const command = parseCommand(event.entry.command);
      if (command === undefined) throw new Error('A client sent what is no command.');
      const key = `${command.client}/${command.sequence}`;
      const { result, repeat, entry } = event;
      applied.set(key, [...(applied.get(key) ?? []), { index: entry.index, result, repeat }]);
    }
  }
  return { commandOf, fates, applied };
}

it(
  'what a client is told is true: failed never happens, committed happened there and once, unknown may be either',
  { timeout: 120_000 },
  () => {
    const seen = { committed: 0, failed: 0, unknown: 0, happenedAfterAll: 0 };
    fc.assert(
      fc.property(anyRun(40), (run) => {
        const { commandOf, fates, applied } = readOutcomes(playRun(withCalm(run)));
        for (const [request, fate] of fates) {
          seen[fate.type] += 1;
          const done = applied.get(commandOf.get(request) ?? '') ?? [];
          if (fate.type === 'failed') expect(done, `${request} failed: ${fate.reason}`).toEqual([]);
          if (fate.type === 'unknown' && done.length > 0) seen.happenedAfterAll += 1;
          if (fate.type === 'committed') {
            expect(done.filter(({ index }) => index === fate.index).map(({ result }) => result)).toContainEqual(
              fate.result,
            );
          }
          // A second copy that comes so late that its session is past it is refused, which changes nothing.
          const happened = done.filter(({ repeat, result }) => !repeat && result?.type !== 'refused');
          expect(new Set(happened.map(({ index }) => index)).size).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
    expect(seen.committed).toBeGreaterThan(200);
    expect(seen.failed).toBeGreaterThan(15);
    expect(seen.unknown).toBeGreaterThan(20);
    expect(seen.happenedAfterAll).toBeGreaterThan(0);
  },
);
