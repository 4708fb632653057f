/** Holds the lock until the page goes away. False where somebody else holds it, or where it was not to be had. */
export function holdLock(name: string, options: LockOptions): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, options, (held) => {
        resolve(held !== null);
        return held === null ? undefined : new Promise<never>(() => undefined);
      })
      .catch(() => resolve(false));
  });
}

/** Does the work while the lock is held, if nobody else holds it now. */
export async function whileFree(name: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(name, { ifAvailable: true }, async (held) => {
    if (held !== null) await work();
  });
}
