import { Popover } from 'radix-ui';
import { useState } from 'react';
import { useShown } from '../hooks.ts';
import { logMarks, Swatch } from './log-marks.tsx';

/** A button that says what all the marks of the logs mean. */
export function LogKey() {
  const [isOpen, setOpen] = useState(false);
  useShown('log-key', () => setOpen(true));
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="key-button">Key</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover key" side="top" align="start" sideOffset={4}>
          <ul>
            {logMarks.map(({ swatch, meaning }) => (
              <li key={swatch}>
                <Swatch of={swatch} />
                {meaning}
              </li>
            ))}
            <li>
              <span aria-hidden="true" />
              The colour and the number are the term.
            </li>
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
