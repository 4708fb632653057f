import { defaultRunConfig } from '../src/timeline/run-config.ts';
import type { EventBody, TimelineEvent } from '../src/timeline/event.ts';
import { fold, initialView } from '../src/timeline/fold.ts';
import { Timeline } from '../src/timeline/timeline.ts';

const EVENTS = 200_000;
const BATCH = 100;

/** How fast a timeline becomes a view: 5 nodes, one of which leads, replicate one command after another. */
export function run(report: (name: string, value: number, unit: string) => void): void {
  const events = busyTimeline(EVENTS);
  const batches = Array.from({ length: EVENTS / BATCH }, (_, batch) =>
    events.slice(batch * BATCH, (batch + 1) * BATCH),
  );
  const rates = [1, 2, 3].map(() => {
    const begun = performance.now();
    batches.reduce(fold, initialView(defaultRunConfig));
    return EVENTS / ((performance.now() - begun) / 1_000);
  });
  report(`5 nodes, batches of ${BATCH}`, Math.round(Math.max(...rates)), 'events/s');

  const timeline = new Timeline(defaultRunConfig);
  for (const batch of batches) timeline.append(batch);
  const begun = performance.now();
  const looks = 200;
  // Strides that share no block, so that no look profits from the one before.
  for (let look = 0; look < looks; look++) timeline.viewAfter((look * 77_777) % EVENTS);
  report('viewAfter, anywhere', (performance.now() - begun) / looks, 'ms');
}

/** Rounds of one command each: submitted, appended, sent, received, written, acknowledged, committed, applied. */
function busyTimeline(count: number): readonly TimelineEvent[] {
  const events: TimelineEvent[] = [];
  const followers = ['n2', 'n3', 'n4', 'n5'];
  let sent = 0;
  const say = (atUs: number, actor: string, event: EventBody): void => {
    events.push({ atUs, actor, event });
  };
  for (let index = 1; events.length < count; index++) {
    const at = index * 50_000;
    const operation = { type: 'set', key: `k${index % 1_000}`, value: String(index) } as const;
    const command = { client: 'c1', sequence: index, firstUnanswered: index, operation };
    const entry = { type: 'command', index, term: 1, command } as const;
    const change = { key: operation.key, value: operation.value };
    const result = { type: 'ok', value: operation.value } as const;
    say(at, 'c1', { type: 'request-submitted', requestId: `c1-${index}`, operation });
    say(at, 'n1', { type: 'entries-appended', entries: [entry], from: undefined });
    const from = sent;
    for (const to of followers) {
      const message = {
        type: 'append-entries',
        term: 1,
        prevLogIndex: index - 1,
        prevLogTerm: 1,
        entries: [entry],
        leaderCommit: index - 1,
      } as const;
      say(at, 'n1', {
        type: 'message-sent',
        messageId: `n1-${sent++}`,
        to,
        dueUs: at + 20_000,
        fate: 'sent',
        copy: false,
        message,
      });
    }
    say(at, 'n1', { type: 'disk-write-started', sequence: index, dueUs: at + 3_000 });
    say(at + 3_000, 'n1', { type: 'durable', sequence: index, term: 1, votedFor: 'n1', durableIndex: index });
    for (const [position, node] of followers.entries()) {
      say(at + 20_000, node, {
        type: 'message-received',
        messageId: `n1-${from + position}`,
        from: 'n1',
        messageType: 'append-entries',
      });
      say(at + 20_000, node, { type: 'entries-appended', entries: [entry], from: 'n1' });
      say(at + 20_000, node, {
        type: 'append-accepted',
        from: 'n1',
        matchIndex: index,
        entries: 1,
        rule: 'log-matches',
      });
      say(at + 20_000, node, { type: 'timer-set', deadlineUs: at + 220_000 });
      say(at + 20_000, node, { type: 'disk-write-started', sequence: index, dueUs: at + 23_000 });
    }
    for (const node of followers) {
      say(at + 23_000, node, { type: 'durable', sequence: index, term: 1, votedFor: 'n1', durableIndex: index });
      const message = {
        type: 'append-entries-reply',
        term: 1,
        success: true,
        matchIndex: index,
        prevLogIndex: index - 1,
        conflictIndex: 0,
        conflictTerm: undefined,
      } as const;
      say(at + 23_000, node, {
        type: 'message-sent',
        messageId: `${node}-${index}`,
        to: 'n1',
        dueUs: at + 43_000,
        fate: 'sent',
        copy: false,
        message,
      });
    }
    for (const node of followers) {
      say(at + 43_000, 'n1', {
        type: 'message-received',
        messageId: `${node}-${index}`,
        from: node,
        messageType: 'append-entries-reply',
      });
      say(at + 43_000, 'n1', {
        type: 'progress-changed',
        peer: node,
        nextIndex: index + 1,
        matchIndex: index,
        rule: 'match-index',
      });
    }
    for (const node of ['n1', ...followers]) {
      say(at + 45_000, node, { type: 'commit-advanced', commitIndex: index, from: index - 1, rule: 'commit-majority' });
      say(at + 45_000, node, { type: 'applied', entry, result, change, repeat: false });
    }
    say(at + 46_000, 'c1', {
      type: 'request-ended',
      requestId: `c1-${index}`,
      fate: { type: 'committed', index, result },
    });
  }
  return events.slice(0, count);
}
