import { useState } from 'react';
import { usePlayground } from '../hooks.ts';
import { NumberField } from './number-field.tsx';
import { WaterForm } from './water-popover.tsx';

/** The longest mean latency that the form takes, in virtual milliseconds. */
const MAX_LATENCY_MS = 10_000;

/** What all links are like: latency, loss, duplication. */
export function NetworkForm({ onDone }: { readonly onDone: () => void }) {
  const present = usePlayground(({ view }) => view.world.network);
  const normal = usePlayground(({ config }) => config.network);
  const [meanMs, setMean] = useState(String(present.latency.meanMs));
  const [spreadMs, setSpread] = useState(String(present.latency.spreadMs));
  const [loss, setLoss] = useState(String(present.loss * 100));
  const [duplication, setDuplication] = useState(String(present.duplication * 100));
  const chosen = () => ({
    latency: { meanMs: Number(meanMs), spreadMs: Number(spreadMs) },
    loss: Number(loss) / 100,
    duplication: Number(duplication) / 100,
  });
  return (
    <WaterForm
      title="Network quality"
      lead="Of all links, in virtual time."
      chosen={() => ({ type: 'set-links', links: undefined, quality: chosen() })}
      normal={{ type: 'set-links', links: undefined, quality: normal }}
      onDone={onDone}
    >
      <NumberField label="Latency (ms)" value={meanMs} min={1} max={MAX_LATENCY_MS} onChange={setMean} />
      <NumberField label="Spread (± ms)" value={spreadMs} min={0} max={MAX_LATENCY_MS} onChange={setSpread} />
      <NumberField label="Lost (%)" value={loss} min={0} max={100} onChange={setLoss} />
      <NumberField label="Sent twice (%)" value={duplication} min={0} max={100} onChange={setDuplication} />
    </WaterForm>
  );
}
