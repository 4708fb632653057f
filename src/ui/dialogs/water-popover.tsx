import { Popover } from 'radix-ui';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import type { Action } from '../../timeline/action.ts';
import type { ScreenRequest } from '../hand.ts';
import { useHand, useShown } from '../hooks.ts';

interface WaterPopoverProps {
  /** What the button says. */
  readonly label: string;
  /** It also opens where this is asked for. */
  readonly request: ScreenRequest;
  /** What it shows; it is made anew each time that it opens. */
  readonly children: (onDone: () => void) => ReactNode;
}

/** A button that opens a form about the water. */
export function WaterPopover({ label, request, children }: WaterPopoverProps) {
  const [isOpen, setOpen] = useState(false);
  useShown(request, () => setOpen(true));
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" className="button">
          {label}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" align="start" sideOffset={6} collisionPadding={8}>
          {children(() => setOpen(false))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface WaterFormProps {
  readonly title: string;
  readonly lead: string;
  /** The action that the fields ask for, and the one that makes things as they were at first. */
  readonly chosen: () => Action;
  readonly normal: Action;
  readonly onDone: () => void;
  /** The fields: cells of a grid of two columns. */
  readonly children: ReactNode;
}

/** Fields, and buttons to do what they say or to go back to normal. */
export function WaterForm({ title, lead, chosen, normal, onDone, children }: WaterFormProps) {
  const hand = useHand();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    hand.act(chosen());
    onDone();
  };
  return (
    <form onSubmit={submit}>
      <h2>{title}</h2>
      <p className="lead">{lead}</p>
      <div className="fields">{children}</div>
      <div className="form-buttons">
        <button
          type="button"
          className="button"
          onClick={() => {
            hand.act(normal);
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
