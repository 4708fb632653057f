/** How long a condition may take to come true. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 5;

/** Waits until the question is answered with something, and gives that; after too long it throws, naming what it waited for. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > untilMs) throw new Error(`It did not come about within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
