import type { Action } from '../../timeline/action.ts';
import { DiskForm } from './disk-form.tsx';
import { NetworkForm } from './network-form.tsx';
import { WaterPopover } from './water-popover.tsx';

const ofLinks: Action = { type: 'set-links', links: undefined, quality: {} };
const ofDisks: Action = { type: 'set-disk', nodes: undefined, latency: { meanMs: 0, spreadMs: 0 } };

/** The buttons that open a form about the water. */
export function WaterForms() {
  return (
    <>
      <WaterPopover label="Network…" request="network" example={ofLinks}>
        {(close) => <NetworkForm onDone={close} />}
      </WaterPopover>
      <WaterPopover label="Disks…" request="disk" example={ofDisks}>
        {(close) => <DiskForm onDone={close} />}
      </WaterPopover>
    </>
  );
}
