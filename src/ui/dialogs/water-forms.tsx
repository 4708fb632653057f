import { DiskPopover } from './disk-popover.tsx';
import { NetworkPopover } from './network-popover.tsx';

/** The buttons that open a form about the water. */
export function WaterForms() {
  return (
    <>
      <NetworkPopover />
      <DiskPopover />
    </>
  );
}
