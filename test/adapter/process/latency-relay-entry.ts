import { LatencyRelay, type Latency, type Route } from './latency-relay.ts';

/** What a process with a relay in it is told first. */
export interface RelayOptions {
  readonly host: string;
  readonly routes: readonly Route[];
  readonly latency: Latency;
  readonly seed: number;
}

/** From then on it is asked, with anything, for what has gone through. */
process.once('message', ({ host, routes, latency, seed }: RelayOptions) => {
  const relay = new LatencyRelay(latency, seed);
  process.on('message', () => process.send?.(relay.relayed));
  process.on('disconnect', () => process.exit(0));
  void Promise.all(routes.map((route) => relay.listen(host, route))).then(() => process.send?.(relay.relayed));
});
