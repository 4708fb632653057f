import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TabMember } from '../../../src/cluster/remote/tab-member.ts';
import { defaultRunConfig } from '../../../src/timeline/run-config.ts';
import type { FromMember, ToMember } from '../../../workers/member-protocol.ts';

/** A worker that does what it is told to by the test, and nothing by itself. */
class StandIn extends EventTarget {
  static readonly all: StandIn[] = [];
  readonly heard: ToMember['type'][] = [];
  isOver = false;

  constructor() {
    super();
    StandIn.all.push(this);
  }

  postMessage(message: ToMember): void {
    this.heard.push(message.type);
    if (message.type === 'stop') this.say({ type: 'stopped' });
  }

  terminate(): void {
    this.isOver = true;
  }

  say(data: FromMember): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  breakDown(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

/** Locks of one page, as the browser keeps them. */
function locks(): Pick<LockManager, 'request'> {
  const held = new Set<string>();
  const request = async (
    name: string,
    _options: LockOptions,
    work: (lock: object | null) => unknown,
  ): Promise<void> => {
    if (held.has(name)) return void (await work(null));
    held.add(name);
    await work({ name });
    held.delete(name);
  };
  return { request: request as LockManager['request'] };
}

beforeEach(() => {
  const memory = new Map<string, string>();
  vi.stubGlobal('Worker', StandIn);
  vi.stubGlobal('navigator', { locks: locks() });
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, value: string) => memory.set(key, value),
    removeItem: (key: string) => memory.delete(key),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  StandIn.all.length = 0;
});

const failures: string[] = [];
const ports = {
  onSend: () => undefined,
  onEvents: () => undefined,
  onFailure: (sentence: string) => void failures.push(sentence),
};
beforeEach(() => void failures.splice(0));

/** Starts it; `answer` is what its worker says to that. */
async function start(answer: (worker: StandIn) => void): Promise<TabMember> {
  const count = StandIn.all.length;
  const starting = TabMember.start('n30', 'c', defaultRunConfig, ports);
  await vi.waitFor(() => expect(StandIn.all.length).toBe(count + 1));
  const worker = StandIn.all.at(-1);
  if (worker !== undefined) answer(worker);
  return starting;
}

const begins = (worker: StandIn): void => worker.say({ type: 'started' });

describe('a member in a tab', () => {
  it('is remembered, and can be started again in the same page when it was stopped', async () => {
    const member = await start(begins);
    expect(TabMember.remembered('c')).toBe('n30');
    await expect(TabMember.start('n30', 'c', defaultRunConfig, ports)).rejects.toThrow('runs in another tab already');
    await member.stop();
    expect(StandIn.all[0]?.isOver).toBe(true);
    const again = await start(begins);
    await again.stop();
  });

  it('that cannot start leaves no worker behind, and may be tried again', async () => {
    const refused = start((worker) => worker.say({ type: 'failed', sentence: 'Its disk is corrupt.' }));
    await expect(refused).rejects.toThrow('Its disk is corrupt.');
    expect(StandIn.all[0]?.isOver).toBe(true);
    expect(TabMember.remembered('c')).toBeUndefined();
    await (await start(begins)).stop();
  });

  it('whose worker breaks says so, and is not waited for when it is stopped', async () => {
    const member = await start(begins);
    const [worker] = StandIn.all;
    worker?.breakDown('out of memory');
    expect(failures).toEqual(['n30 stopped: out of memory']);
    vi.spyOn(StandIn.prototype, 'postMessage').mockImplementation(() => undefined);
    await member.stop();
    expect(worker?.isOver).toBe(true);
  });
});
