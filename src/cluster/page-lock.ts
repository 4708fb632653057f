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

/** Takes the lock if nobody holds it now. Gives how to let go of it; undefined where it is not to be had. */
export function takeLock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (held) => {
        if (held === null) return resolve(undefined);
        return new Promise<void>((letGo) => resolve(letGo));
      })
      .catch(() => resolve(undefined));
  });
}

/** Does the work while the lock is held, if nobody else holds it now. */
export async function whileFree(name: string, work: () => Promise<void>): Promise<void> {
  await navigator.locks.request(name, { ifAvailable: true }, async (held) => {
    if (held !== null) await work();
  });
}
