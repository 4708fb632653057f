import { DiskForm } from './disk-form.tsx';
import { NetworkForm } from './network-form.tsx';
import { WaterPopover } from './water-popover.tsx';

/** The buttons that open a form about the water. */
export function WaterForms() {
  return (
    <>
      <WaterPopover label="Network…" request="network">
        {(close) => <NetworkForm onDone={close} />}
      </WaterPopover>
      <WaterPopover label="Disks…" request="disk">
        {(close) => <DiskForm onDone={close} />}
      </WaterPopover>
    </>
  );
}
