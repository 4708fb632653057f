import { Popover } from 'radix-ui';
import { type ReactNode, type SyntheticEvent, useState } from 'react';
import { unrealReason } from '../../cluster/remote/unreal-actions.ts';
import type { Action } from '../../timeline/action.ts';
import { wouldChange } from '../../timeline/availability.ts';
import type { ScreenRequest } from '../hand.ts';
import { useHand, usePlayground, useShown } from '../hooks.ts';

interface WaterPopoverProps {
  /** What the button says. */
  readonly label: string;
  /** It also opens where this is asked for. */
  readonly request: ScreenRequest;
  /** An action of the kind that it asks for: where a real cluster cannot do that, it says so and does not open. */
  readonly example: Action;
  /** What it shows; it is made anew each time that it opens. */
  readonly children: (onDone: () => void) => ReactNode;
}

/** A button that opens a form about the water. */
export function WaterPopover({ label, request, example, children }: WaterPopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const hand = useHand();
  const reason = usePlayground(({ clock: { real } }) => real && unrealReason(example, real.limits));
  const change = (wanted: boolean): void => {
    if (wanted && reason !== undefined) hand.notify('info', reason);
    else setOpen(wanted);
  };
  useShown(request, () => change(true));
  return (
    <Popover.Root open={isOpen} onOpenChange={change}>
      <Popover.Trigger asChild>
        <button type="button" className="button" aria-disabled={reason !== undefined} title={reason}>
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

type WaterActions = readonly [Action, ...Action[]];

interface WaterFormProps {
  readonly title: string;
  readonly lead: string;
  /** The actions that the fields ask for, at least one, and those that make things as they were at first. */
  readonly chosen: () => WaterActions;
  readonly normal: WaterActions;
  readonly onDone: () => void;
  /** The fields: cells of a grid of two columns. */
  readonly children: ReactNode;
}

/** Fields, and buttons to do what they say or to go back to normal. */
export function WaterForm({ title, lead, chosen, normal, onDone, children }: WaterFormProps) {
  const hand = useHand();
  const world = usePlayground(({ view }) => view.world);
  /** Does those that change something; where none does, the first says why. */
  const act = ([first, ...others]: WaterActions): void => {
    const changing = [first, ...others].filter((action) => wouldChange(world, action).possible);
    for (const action of changing.length > 0 ? changing : [first]) hand.act(action);
    onDone();
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    act(chosen());
  };
  return (
    <form onSubmit={submit}>
      <h2>{title}</h2>
      <p className="lead">{lead}</p>
      <div className="fields">{children}</div>
      <div className="form-buttons">
        <button type="button" className="button" onClick={() => act(normal)}>
          Back to normal
        </button>
        <button type="submit" className="button primary">
          Set
        </button>
      </div>
    </form>
  );
}
