import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../src/kv/command.ts';
import { exportNdjson, parseNdjson } from '../../src/timeline/export-ndjson.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import { MAX_RUN_BYTES, parseRun } from '../../src/timeline/run-file.ts';
import { MAX_ACTIONS, MAX_ACTIONS_IN_ALL } from '../../src/timeline/run.ts';
import {
  MAX_CHUNK_BYTES,
  MAX_DELAY_MS,
  MAX_ENTRIES_LIMIT,
  MAX_NODES,
  MAX_REASON_LENGTH,
  MAX_REQUEST_ID_LENGTH,
  MAX_TIMEOUT_MS,
} from '../../src/timeline/run-schema.ts';
import { actions, bodies, messages } from './samples.ts';

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const example = (text: string): string => /```json\n(.*?)```/s.exec(text)?.[1] ?? '';

describe('docs/run-format.md', () => {
  const text = page('run-format.md');

  it('shows a run that is read', () => {
    expect(parseRun(example(text))).toMatchObject({ run: { seed: 7, config: { nodes: 5 }, untilUs: 5_000_000 } });
  });

  it.each([
    MAX_RUN_BYTES,
    MAX_ACTIONS,
    MAX_ACTIONS_IN_ALL,
    MAX_NODES,
    MAX_CHUNK_BYTES,
    MAX_DELAY_MS,
    MAX_TIMEOUT_MS,
    MAX_ENTRIES_LIMIT,
    MAX_REQUEST_ID_LENGTH,
    MAX_REASON_LENGTH,
    MAX_KEY_BYTES,
    MAX_VALUE_BYTES,
  ])('names the limit %i', (limit) => {
    expect(text).toMatch(new RegExp(`\\b${limit.toLocaleString('en-US')}\\b`));
  });

  it('names every action and every field of it', () => {
    for (const [type, samples] of Object.entries(actions)) {
      expect(text).toContain(`\`${type}\``);
      for (const field of samples.flatMap((sample) => Object.keys(sample))) expect(text).toContain(`\`${field}\``);
    }
  });
});

describe('docs/timeline-format.md', () => {
  const text = page('timeline-format.md');

  it('shows an event that is read', () => {
    const [header] = exportNdjson({ events: [], config: defaultRunConfig, firstIndex: 0, dropped: 0 }, { seed: 7 });
    const line = example(text).split('\n')[1];
    expect(parseNdjson(`${header}${line}`)).toMatchObject({
      events: [{ actor: 'n2', event: { type: 'became-candidate' } }],
    });
  });

  it('names every event and every message, and every field of them', () => {
    for (const [type, samples] of [...Object.entries(bodies), ...Object.entries(messages)]) {
      expect(text).toContain(`\`${type}\``);
      for (const field of samples.flatMap((sample) => Object.keys(sample))) expect(text).toContain(`\`${field}\``);
    }
  });
});
