import { safeParse } from 'valibot';
import { describe, expect, it } from 'vitest';
import { eventSchema } from '../../src/timeline/event-schema.ts';
import { faultOf } from '../../src/timeline/schema-fault.ts';
import { sampleEvents } from './samples.ts';

const read = (value: unknown): unknown => {
  const parsed = safeParse(eventSchema, value);
  return parsed.success ? parsed.output : faultOf(parsed.issues, 'The event');
};

describe('The schema of events', () => {
  it('reads every event that there is, also after it was JSON, and leaves nothing out', () => {
    for (const event of sampleEvents) {
      expect(read(event)).toEqual(event);
      expect(read(JSON.parse(JSON.stringify(event)))).toEqual(event);
    }
  });

  it('refuses whatever lacks a field or holds something else in one, and says where', () => {
    let refused = 0;
    for (const { event } of sampleEvents) {
      for (const field of Object.keys(event)) {
        const broken = { atUs: 1, actor: 'n1', event: { ...event, [field]: { strange: true } } };
        expect(read(broken), JSON.stringify(broken)).toMatch(/^event/);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(500);
  });

  it.each([
    [null, 'The event'],
    [{ atUs: 'x', actor: 'n1', event: { type: 'lease-waited-out', rule: 'lease' } }, 'atUs must be a number'],
    [{ atUs: 1, actor: 'root', event: { type: 'lease-waited-out', rule: 'lease' } }, 'actor must be an actor'],
    [{ atUs: 1, actor: 'n1', event: { type: 'constructor' } }, 'event must be an event'],
    [{ atUs: 1, actor: 'n1', event: { type: 'lease-waited-out', rule: 'none' } }, 'event.rule must be a rule'],
  ])('refuses %j', (value, sentence) => {
    expect(read(value)).toContain(sentence);
  });

  it('leaves out what it does not know', () => {
    const event = { atUs: 1, actor: 'n1', event: { type: 'timer-set', deadlineUs: 5 } };
    expect(read({ ...event, more: 1, event: { ...event.event, more: 2 } })).toEqual(event);
  });
});
