import { holdLock } from './page-lock.ts';

/** This page has or makes databases for that cluster. Call it before the first of them is opened. */
export function claimCluster(cluster: string): void {
  void holdLock(lockOfCluster(cluster), {});
}

/** The lock that whoever has databases of that cluster holds. */
export function lockOfCluster(cluster: string): string {
  return `whitewater/cluster/${cluster}`;
}
