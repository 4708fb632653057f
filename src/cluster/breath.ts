/**
 * The page draws, and hears what it is told; settles when it is this one's turn again. A timer would do, but is held back for
 * a second each time in a tab that cannot be seen.
 */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
