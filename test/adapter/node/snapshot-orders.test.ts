import { expect, it } from 'vitest';
import { SnapshotOrders } from '../../../src/adapter/node/snapshot-orders.ts';

it('all who wait for a snapshot get the one that is there first, a leader’s too', async () => {
  const orders = new SnapshotOrders();
  const waiting = [orders.add(() => undefined), orders.add(() => undefined)];
  orders.note({ type: 'store-restored', index: 70, entries: [] });
  expect(await Promise.all(waiting)).toEqual([
    { type: 'taken', index: 70 },
    { type: 'taken', index: 70 },
  ]);
});

it('a snapshot that there will never be is waited for by nobody', async () => {
  const orders = new SnapshotOrders();
  await expect(orders.add((abandon) => abandon(new Error('n1 has stopped.')))).rejects.toThrow('n1 has stopped.');
  const waiting = orders.add(() => undefined);
  orders.abandon(new Error('Its disk is full.'));
  await expect(waiting).rejects.toThrow('Its disk is full.');
});
