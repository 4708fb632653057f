import { Popover } from 'radix-ui';
import { type SyntheticEvent, useState } from 'react';
import { useHand, usePlayground, useShown } from '../hooks.ts';
import { NumberField } from './number-field.tsx';

/** The longest mean write that the form takes, in virtual milliseconds. */
const MAX_WRITE_MS = 10_000;

/** How long writes take, on one disk or all. */
export function DiskPopover() {
  const [isOpen, setOpen] = useState(false);
  useShown('disk', () => setOpen(true));
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="button">
          Disks…
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" align="start" sideOffset={6} collisionPadding={8}>
          <DiskForm onDone={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function DiskForm({ onDone }: { readonly onDone: () => void }) {
  const hand = useHand();
  const normal = usePlayground(({ config }) => config.disk);
  const world = usePlayground(({ view }) => view.world);
  const [chosen, setChosen] = useState('all');
  const present = world.machines[chosen]?.disk ?? world.machines['n1']?.disk ?? normal;
  const [meanMs, setMean] = useState(String(present.meanMs));
  const [spreadMs, setSpread] = useState(String(present.spreadMs));
  const nodes = chosen === 'all' ? undefined : [chosen];
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    hand.act({ type: 'set-disk', nodes, latency: { meanMs: Number(meanMs), spreadMs: Number(spreadMs) } });
    onDone();
  };
  return (
    <form onSubmit={submit}>
      <h2>Disk speed</h2>
      <p className="lead">How long a write takes until it is durable, in virtual time.</p>
      <div className="fields">
        <label htmlFor="disk-node">Disk of</label>
        <select
          id="disk-node"
          className="field-input"
          value={chosen}
          onChange={(event) => setChosen(event.target.value)}
        >
          <option value="all">all nodes</option>
          {world.nodes.map((node) => (
            <option key={node}>{node}</option>
          ))}
        </select>
        <NumberField label="A write (ms)" value={meanMs} min={0} max={MAX_WRITE_MS} onChange={setMean} />
        <NumberField label="Spread (± ms)" value={spreadMs} min={0} max={MAX_WRITE_MS} onChange={setSpread} />
      </div>
      <div className="form-buttons">
        <button
          type="button"
          className="button"
          onClick={() => {
            hand.act({ type: 'set-disk', nodes, latency: normal });
            onDone();
          }}
        >
          Back to normal
        </button>
        <button type="submit" className="button primary">
          Set
        </button>
      </div>
    </form>
  );
}
