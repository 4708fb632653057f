import { Popover } from 'radix-ui';
import { logMarks, Swatch } from './log-marks.tsx';

/** A button that says what all the marks of the logs mean. */
export function LogKey() {
  return (
    <Popover.Root>
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
