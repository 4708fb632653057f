import { useState } from 'react';
import { usePlayground } from '../hooks.ts';
import { NumberField } from './number-field.tsx';
import { WaterForm } from './water-popover.tsx';

/** The longest mean write that the form takes, in virtual milliseconds. */
const MAX_WRITE_MS = 10_000;

/** How long writes take, on one disk or all. */
export function DiskForm({ onDone }: { readonly onDone: () => void }) {
  const normal = usePlayground(({ config }) => config.disk);
  const world = usePlayground(({ view }) => view.world);
  const [chosen, setChosen] = useState('all');
  const present = world.machines['n1']?.disk ?? normal;
  const [meanMs, setMean] = useState(String(present.meanMs));
  const [spreadMs, setSpread] = useState(String(present.spreadMs));
  const nodes = chosen === 'all' ? undefined : [chosen];
  const choose = (node: string): void => {
    setChosen(node);
    // The fields say what that disk is like now.
    const disk = world.machines[node]?.disk ?? present;
    setMean(String(disk.meanMs));
    setSpread(String(disk.spreadMs));
  };
  return (
    <WaterForm
      title="Disk speed"
      lead="How long a write takes until it is durable, in virtual time."
      chosen={() => ({
        type: 'set-disk',
        nodes,
        latency: { meanMs: Number(meanMs), spreadMs: Number(spreadMs) },
      })}
      normal={{ type: 'set-disk', nodes, latency: normal }}
      onDone={onDone}
    >
      <label htmlFor="disk-node">Disk of</label>
      <select id="disk-node" className="field-input" value={chosen} onChange={(event) => choose(event.target.value)}>
        <option value="all">all nodes</option>
        {world.nodes.map((node) => (
          <option key={node}>{node}</option>
        ))}
      </select>
      <NumberField label="A write (ms)" value={meanMs} min={0} max={MAX_WRITE_MS} onChange={setMean} />
      <NumberField label="Spread (± ms)" value={spreadMs} min={0} max={MAX_WRITE_MS} onChange={setSpread} />
    </WaterForm>
  );
}
