import { defaultRunConfig } from '../src/timeline/run-config.ts';
import type { AnyMessage, EventBody, TimelineEvent } from '../src/timeline/event.ts';
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
  for (let index = 1; events.length < count; index++) round(events, index);
  return events.slice(0, count);
}

const followers = ['n2', 'n3', 'n4', 'n5'];

function round(events: TimelineEvent[], index: number): void {
  const beginUs = index * 50_000;
  const say = (afterMs: number, actor: string, event: EventBody): void => {
    events.push({ atUs: beginUs + afterMs * 1_000, actor, event });
  };
  const send = (afterMs: number, from: string, to: string, message: AnyMessage): void => {
    const dueUs = beginUs + (afterMs + 20) * 1_000;
    const messageId = `${from}.1.${index}.${to}`;
    say(afterMs, from, { type: 'message-sent', messageId, to, dueUs, fate: 'sent', copy: false, message });
  };
  const receive = (afterMs: number, from: string, to: string, messageType: AnyMessage['type']): void =>
    say(afterMs, to, { type: 'message-received', messageId: `${from}.1.${index}.${to}`, from, messageType });
  const write = (afterMs: number, node: string): void => {
    const dueUs = beginUs + (afterMs + 3) * 1_000;
    say(afterMs, node, { type: 'disk-write-started', sequence: index, dueUs });
  };
  const durable = { type: 'durable', sequence: index, term: 1, votedFor: 'n1', durableIndex: index } as const;

  const operation = { type: 'set', key: `k${index % 1_000}`, value: String(index) } as const;
  const command = { client: 'c1', sequence: index, firstUnanswered: index, operation };
  const entry = { type: 'command', index, term: 1, command } as const;
  const before = { term: 1, prevLogIndex: index - 1 };
  const append = {
    ...before,
    type: 'append-entries',
    prevLogTerm: 1,
    entries: [entry],
    leaderCommit: index - 1,
  } as const;
  const agreement = { success: true, matchIndex: index, conflictIndex: 0, conflictTerm: undefined };
  const reply = { ...before, ...agreement, type: 'append-entries-reply' } as const;
  const result = { type: 'ok', value: operation.value } as const;

  say(0, 'c1', { type: 'request-submitted', requestId: `r${index}`, operation });
  say(0, 'n1', { type: 'entries-appended', entries: [entry], from: undefined });
  for (const node of followers) send(0, 'n1', node, append);
  write(0, 'n1');
  say(3, 'n1', durable);
  for (const node of followers) {
    receive(20, 'n1', node, 'append-entries');
    say(20, node, { type: 'append-accepted', from: 'n1', matchIndex: index, entries: 1, rule: 'log-matches' });
    say(20, node, { type: 'entries-appended', entries: [entry], from: 'n1' });
    say(20, node, { type: 'timer-set', deadlineUs: beginUs + 220_000 });
    write(20, node);
  }
  for (const node of followers) {
    say(23, node, durable);
    send(23, node, 'n1', reply);
  }
  for (const node of followers) {
    receive(43, node, 'n1', 'append-entries-reply');
    const next = { nextIndex: index + 1, matchIndex: index, inFlight: { messages: 0, bytes: 0 } };
    say(43, 'n1', { type: 'progress-changed', state: 'replicate', peer: node, ...next, rule: 'match-index' });
  }
  for (const node of ['n1', ...followers]) {
    const change = { key: operation.key, value: operation.value };
    say(45, node, { type: 'commit-advanced', commitIndex: index, from: index - 1, rule: 'commit-majority' });
    say(45, node, { type: 'applied', entry, result, change, repeat: false });
  }
  say(46, 'c1', { type: 'request-ended', requestId: `r${index}`, fate: { type: 'committed', index, result } });
}
