import { pino, type DestinationStream, type Logger } from 'pino';

/** What WHITEWATER_LOG_LEVEL may be. */
export const logLevels: readonly string[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * A log of JSON lines on the standard error. What is told of a request is told field by field, so that no value and no token
 * comes into it; where one did, it is left out here.
 */
export function nodeLog(
  node: string,
  level: string | undefined,
  // Written at once: the last words of a process are the ones that matter.
  destination: DestinationStream = pino.destination({ fd: 2, sync: true }),
): Logger {
  return pino(
    {
      level: level !== undefined && logLevels.includes(level) ? level : 'info',
      base: { node },
      redact: {
        paths: ['headers', '*.headers', 'body', '*.body', 'token', '*.token', 'value', '*.value'],
        remove: true,
      },
    },
    destination,
  );
}
