import { Popover } from 'radix-ui';
import { type SyntheticEvent, useState } from 'react';
import { useHand, usePlayground, useShown } from '../hooks.ts';
import { NumberField } from './number-field.tsx';

/** The longest mean latency that the form takes, in virtual milliseconds. */
const MAX_LATENCY_MS = 10_000;

/** What all links are like: latency, loss, duplication. */
export function NetworkPopover() {
  const [isOpen, setOpen] = useState(false);
  useShown('network', () => setOpen(true));
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="button">
          Network…
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" align="start" sideOffset={6} collisionPadding={8}>
          <NetworkForm onDone={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function NetworkForm({ onDone }: { readonly onDone: () => void }) {
  const hand = useHand();
  const present = usePlayground(({ view }) => view.world.network);
  const normal = usePlayground(({ config }) => config.network);
  const [meanMs, setMean] = useState(String(present.latency.meanMs));
  const [spreadMs, setSpread] = useState(String(present.latency.spreadMs));
  const [loss, setLoss] = useState(String(present.loss * 100));
  const [duplication, setDuplication] = useState(String(present.duplication * 100));
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    hand.act({
      type: 'set-links',
      links: undefined,
      quality: {
        latency: { meanMs: Number(meanMs), spreadMs: Number(spreadMs) },
        loss: Number(loss) / 100,
        duplication: Number(duplication) / 100,
      },
    });
    onDone();
  };
  return (
    <form onSubmit={submit}>
      <h2>Network quality</h2>
      <p className="lead">Of all links, in virtual time.</p>
      <div className="fields">
        <NumberField label="Latency (ms)" value={meanMs} min={1} max={MAX_LATENCY_MS} onChange={setMean} />
        <NumberField label="Spread (± ms)" value={spreadMs} min={0} max={MAX_LATENCY_MS} onChange={setSpread} />
        <NumberField label="Lost (%)" value={loss} min={0} max={100} onChange={setLoss} />
        <NumberField label="Sent twice (%)" value={duplication} min={0} max={100} onChange={setDuplication} />
      </div>
      <div className="form-buttons">
        <button
          type="button"
          className="button"
          onClick={() => {
            hand.act({ type: 'set-links', links: undefined, quality: normal });
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
