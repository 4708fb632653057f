import { useState } from 'react';
import type { Lateness } from '../../timeline/action.ts';
import { notLate } from '../../timeline/link-quality.ts';
import { usePlayground } from '../hooks.ts';
import { NumberField } from './number-field.tsx';
import { WaterForm } from './water-popover.tsx';

/** The longest mean latency that the form takes, in virtual milliseconds. */
const MAX_LATENCY_MS = 10_000;

/** How late is offered where nothing is late. */
const aWhile: Lateness = { chance: 0, delay: { meanMs: 300, spreadMs: 200 } };
const long: Lateness = { chance: 0, delay: { meanMs: 2_000, spreadMs: 1_000 } };

/** So many percent, so late, give or take a half. */
function late(percent: string, meanMs: string): Lateness {
  return { chance: Number(percent) / 100, delay: { meanMs: Number(meanMs), spreadMs: Number(meanMs) / 2 } };
}

/** What all links are like: latency, loss, duplication, and what comes late. */
export function NetworkForm({ onDone }: { readonly onDone: () => void }) {
  const present = usePlayground(({ view }) => view.world.network);
  const normal = usePlayground(({ config }) => config.network);
  const [meanMs, setMean] = useState(String(present.latency.meanMs));
  const [spreadMs, setSpread] = useState(String(present.latency.spreadMs));
  const [loss, setLoss] = useState(String(present.loss * 100));
  const [duplication, setDuplication] = useState(String(present.duplication * 100));
  const [heldBack, setHeldBack] = useState(String((present.reordering ?? aWhile).chance * 100));
  const [heldMs, setHeldMs] = useState(String((present.reordering ?? aWhile).delay.meanMs));
  const [replayed, setReplayed] = useState(String((present.replay ?? long).chance * 100));
  const [replayMs, setReplayMs] = useState(String((present.replay ?? long).delay.meanMs));
  const chosen = () => ({
    latency: { meanMs: Number(meanMs), spreadMs: Number(spreadMs) },
    loss: Number(loss) / 100,
    duplication: Number(duplication) / 100,
    reordering: late(heldBack, heldMs),
    replay: late(replayed, replayMs),
  });
  return (
    <WaterForm
      title="Network quality"
      lead="Of all links, in virtual time."
      chosen={() => [{ type: 'set-links', links: undefined, quality: chosen() }]}
      normal={[{ type: 'set-links', links: undefined, quality: { reordering: notLate, replay: notLate, ...normal } }]}
      onDone={onDone}
    >
      <NumberField label="Latency (ms)" value={meanMs} min={1} max={MAX_LATENCY_MS} onChange={setMean} />
      <NumberField label="Spread (± ms)" value={spreadMs} min={0} max={MAX_LATENCY_MS} onChange={setSpread} />
      <NumberField label="Lost (%)" value={loss} min={0} max={100} onChange={setLoss} />
      <NumberField label="Sent twice (%)" value={duplication} min={0} max={100} onChange={setDuplication} />
      <NumberField label="Held back (%)" value={heldBack} min={0} max={100} onChange={setHeldBack} />
      <NumberField label="so long (ms)" value={heldMs} min={0} max={MAX_LATENCY_MS} onChange={setHeldMs} />
      <NumberField label="Replayed (%)" value={replayed} min={0} max={100} onChange={setReplayed} />
      <NumberField label="so late (ms)" value={replayMs} min={0} max={MAX_LATENCY_MS} onChange={setReplayMs} />
    </WaterForm>
  );
}
