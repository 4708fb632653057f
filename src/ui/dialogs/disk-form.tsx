import { useState } from 'react';
import type { Action } from '../../timeline/action.ts';
import { usePlayground } from '../hooks.ts';
import { NumberField } from './number-field.tsx';
import { WaterForm } from './water-popover.tsx';

/** The longest mean write, or handling of a message, that the form takes, in virtual milliseconds. */
const MAX_MEAN_MS = 10_000;

/** How long writes take, and how long a node takes over messages: of one node or all. */
export function DiskForm({ onDone }: { readonly onDone: () => void }) {
  const normal = usePlayground(({ config }) => config.disk);
  const world = usePlayground(({ view }) => view.world);
  const [chosen, setChosen] = useState('all');
  const present = world.machines['n1']?.disk ?? normal;
  const [meanMs, setMean] = useState(String(present.meanMs));
  const [spreadMs, setSpread] = useState(String(present.spreadMs));
  const handlingOf = (node: string): number => world.machines[node === 'all' ? 'n1' : node]?.handling.meanMs ?? 0;
  const [handlingMs, setHandling] = useState(String(handlingOf('all')));
  const nodes = chosen === 'all' ? undefined : [chosen];
  const choose = (node: string): void => {
    setChosen(node);
    // The fields say what that disk is like now.
    const disk = world.machines[node]?.disk ?? present;
    setMean(String(disk.meanMs));
    setSpread(String(disk.spreadMs));
    setHandling(String(handlingOf(node)));
  };
  const pace = (mean: number): Action => ({
    type: 'set-handling',
    nodes,
    delay: { meanMs: mean, spreadMs: mean / 2 },
  });
  return (
    <WaterForm
      title="Disks and nodes"
      lead="How long a write takes until it is durable, and a message until it is handled, give or take a half; in virtual time."
      chosen={() => [
        { type: 'set-disk', nodes, latency: { meanMs: Number(meanMs), spreadMs: Number(spreadMs) } },
        // Left as it is, it may stand for nodes of different pace.
        ...(Number(handlingMs) === handlingOf(chosen) ? [] : [pace(Number(handlingMs))]),
      ]}
      normal={[{ type: 'set-disk', nodes, latency: normal }, pace(0)]}
      onDone={onDone}
    >
      <label htmlFor="disk-node">On</label>
      <select id="disk-node" className="field-input" value={chosen} onChange={(event) => choose(event.target.value)}>
        <option value="all">all nodes</option>
        {world.nodes.map((node) => (
          <option key={node}>{node}</option>
        ))}
      </select>
      <NumberField label="A write (ms)" value={meanMs} min={0} max={MAX_MEAN_MS} onChange={setMean} />
      <NumberField label="Spread (± ms)" value={spreadMs} min={0} max={MAX_MEAN_MS} onChange={setSpread} />
      <NumberField label="A message (ms)" value={handlingMs} min={0} max={MAX_MEAN_MS} onChange={setHandling} />
    </WaterForm>
  );
}
