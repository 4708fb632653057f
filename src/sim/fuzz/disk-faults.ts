import type { Random } from '../../raft/random.ts';
import type { DiskDamage } from '../../timeline/action.ts';
import { pick, someOf, whole } from './draw.ts';
import { at, type DrawFault } from './site.ts';

export const slowDisk: DrawFault = (random, { nodes, config }, atMs) => {
  const slow = someOf(random, nodes, 1, nodes.length);
  const meanMs = whole(random, 10, 200);
  const latency = { meanMs, spreadMs: whole(random, 0, meanMs) };
  const endMs = atMs + whole(random, 100, 3_000);
  return [
    at(atMs, { type: 'set-disk', nodes: slow, latency }),
    at(endMs, { type: 'set-disk', nodes: slow, latency: config.disk }),
  ];
};

/** A write fails, or the disk is full: the node stops, and comes back when there is room. */
export const failedWrite: DrawFault = (random, { nodes }, atMs) => {
  const node = pick(random, nodes);
  const writes = pick(random, ['fail-next', 'full'] as const);
  const backMs = atMs + whole(random, 50, 2_000);
  return [
    at(atMs, { type: 'set-disk', nodes: [node], writes }),
    at(backMs, { type: 'set-disk', nodes: [node], writes: 'kept' }),
    at(backMs, { type: 'revive', node }),
  ];
};

/** A disk is damaged while its node is down. The node must find out, and not start from what it cannot trust. */
export const damagedDisk: DrawFault = (random, { doomed }, atMs) => {
  if (doomed.length === 0) return [];
  const node = pick(random, doomed);
  return [
    at(atMs, { type: 'kill', node }),
    at(atMs, { type: 'damage-disk', node, damage: drawDamage(random) }),
    at(atMs + whole(random, 5, 1_000), { type: 'revive', node }),
  ];
};

/** Half a write behind the end of a log was never acknowledged: who finds it goes on without it, so it may befall anyone. */
export const tornWrite: DrawFault = (random, { nodes }, atMs) => {
  const node = pick(random, nodes);
  return [
    at(atMs, { type: 'kill', node }),
    at(atMs, { type: 'damage-disk', node, damage: { type: 'torn-write' } }),
    at(atMs + whole(random, 5, 1_000), { type: 'revive', node }),
  ];
};

export const swappedDisks: DrawFault = (random, { doomed }, atMs) => {
  const [node, other] = someOf(random, doomed, 2, 2);
  if (node === undefined || other === undefined) return [];
  const backMs = atMs + whole(random, 5, 1_000);
  return [
    at(atMs, { type: 'kill', node }),
    at(atMs, { type: 'kill', node: other }),
    at(atMs, { type: 'swap-disks', node, with: other }),
    at(backMs, { type: 'revive', node }),
    at(backMs, { type: 'revive', node: other }),
  ];
};

function drawDamage(random: Random): DiskDamage {
  const record = pick(random, ['entry', 'entry', 'state', 'snapshot', 'identity'] as const);
  const index = whole(random, 1, 30);
  const from = whole(random, 1, 20);
  return pick(random, [
    { type: 'flip-byte', record },
    { type: 'flip-byte', record: 'entry', index },
    { type: 'lose-entries', from, to: from },
  ]);
}
