import { describe, expect, it } from 'vitest';
import { WarmWorkers } from '../../src/cluster/warm-workers.ts';

/** A worker that only knows whether it was ended, and can break. */
class IdleWorker extends EventTarget {
  ended = false;
  terminate(): void {
    this.ended = true;
  }
}

function warm(nodes: readonly string[]) {
  const made: IdleWorker[] = [];
  const create = (): Worker => {
    const worker = new IdleWorker();
    made.push(worker);
    return worker as unknown as Worker;
  };
  return { made, workers: new WarmWorkers(create, nodes) };
}

describe('A worker that was started beforehand', () => {
  it('is given away once; after it come new ones', () => {
    const { made, workers } = warm(['n1', 'n2']);
    expect(workers.take('n2')).toBe(made[1]);
    expect(workers.take('n2')).toBe(made[2]);
    expect(workers.take('n3')).toBe(made[3]);
    expect(made).toHaveLength(4);
  });

  it('is ended when nobody wants it any more, and no other', () => {
    const { made, workers } = warm(['n1', 'n2']);
    workers.take('n1');
    workers.letGo();
    expect(made.map(({ ended }) => ended)).toEqual([false, true]);
    expect(workers.take('n2')).toBe(made[2]);
  });

  it('is not given away when it broke before: whoever asks has to hear why a new one breaks', () => {
    const { made, workers } = warm(['n1']);
    made[0]?.dispatchEvent(new Event('error'));
    expect(workers.take('n1')).toBe(made[1]);
  });
});
