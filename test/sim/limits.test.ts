import { expect, it } from 'vitest';
import { MAX_BACKLOG } from '../../src/host/inbox.ts';
import { MAX_ON_LINK } from '../../src/host/outbox.ts';
import { playRun } from '../../src/sim/simulator.ts';
import type { Action } from '../../src/timeline/action.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { RUN_VERSION } from '../../src/timeline/run.ts';
import { backlogRun } from '../support/backlog-run.ts';
import { PlayedWorkers } from '../support/played-workers.ts';

it(`a paused node keeps ${MAX_BACKLOG} messages; how many more there were it says when it is resumed`, async () => {
  const run = backlogRun();
  const events = playRun(run);
  const resumedUs = run.actions.at(-1)?.atUs ?? 0;
  const dropped = events.filter(({ event }) => event.type === 'backlog-dropped');
  expect(dropped).toMatchObject([{ atUs: resumedUs, actor: 'n3' }]);
  const taken = events.filter(
    ({ actor, atUs, event }) => actor === 'n3' && atUs === resumedUs && event.type === 'message-received',
  );
  // What is due at this very moment comes on top.
  expect(taken.length - MAX_BACKLOG).toBeGreaterThanOrEqual(0);
  expect(taken.length - MAX_BACKLOG).toBeLessThanOrEqual(2);
  const played = await PlayedWorkers.start({ seed: run.seed, config: run.config });
  await played.play(run);
  expect(played.events).toEqual(events);
  await played.engine.dispose();
});

it(`no more than ${MAX_ON_LINK} messages are on their way over a link: it loses the others`, () => {
  const slow: Action = { type: 'set-links', links: undefined, quality: { latency: { meanMs: 60_000, spreadMs: 0 } } };
  const events = playRun({
    format: 'whitewater-run',
    version: RUN_VERSION,
    seed: 3,
    config: { ...defaultRunConfig, nodes: 2, heartbeatMs: 1 },
    actions: [{ atUs: 500_000, action: slow }],
    untilUs: 500_000 + (MAX_ON_LINK + 100) * 1_000,
  });
  const leader = events.find(({ event }) => event.type === 'became-leader')?.actor;
  const fates = events.flatMap(({ actor, atUs, event }) =>
    actor === leader && atUs >= 500_000 && event.type === 'message-sent' ? [event.fate] : [],
  );
  const full = fates.indexOf('lost');
  expect(full).toBeGreaterThan(MAX_ON_LINK - 100);
  expect(full).toBeLessThanOrEqual(MAX_ON_LINK);
  expect(new Set(fates.slice(full))).toEqual(new Set(['lost']));
  expect(fates.length - full).toBeGreaterThan(50);
});
