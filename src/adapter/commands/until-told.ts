import { constants } from 'node:os';

/** Settles when this process is told to end (Ctrl-C, or by the system); a second time ends it at once, with 130 for Ctrl-C. */
export function untilTold(): { readonly told: Promise<void>; readonly tell: () => void } {
  const { promise: told, resolve: tell } = settleable();
  const onSignal = (signal: NodeJS.Signals): void => {
    tell();
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, onSignal);
  return { told, tell };
}

function settleable(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
