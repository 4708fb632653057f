import { MAX_DELAYED } from './fault-layer.ts';

/** What the fault layer holds back, until it is due. */
export class DelayedSends {
  readonly #timers = new Set<NodeJS.Timeout>();

  /** `lost` where as many as may be are held back already. */
  add(delayUs: number, send: () => void): 'sent' | 'lost' {
    if (this.#timers.size >= MAX_DELAYED) return 'lost';
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, delayUs / 1_000);
    this.#timers.add(timer);
    return 'sent';
  }

  clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
