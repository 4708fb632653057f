import { DropdownMenu } from 'radix-ui';
import { runCommand } from '../../cluster/run-command.ts';
import { linkActions, nodeActions } from '../actions/action-list.ts';
import { clusterActions } from '../actions/cluster-actions.ts';
import type { ActionGroups } from '../actions/action-item.ts';
import { ActionMenu } from '../actions/action-menu.tsx';
import { addNodeItems, leaveJointAction } from '../actions/membership-actions.ts';
import { withLimits } from '../actions/real-limits.ts';
import { useControl, useHand, usePlayground } from '../hooks.ts';
import type { Point, Target } from './geometry.ts';

/** What a menu was asked for, and where: in CSS pixels of the window. */
export interface MenuRequest {
  readonly target: Target;
  readonly at: Point;
}

interface StageMenuProps {
  readonly request: MenuRequest;
  readonly onClose: () => void;
  /** Called when the menu has gone, to give the focus back. */
  readonly onReturnFocus: () => void;
}

/** A context menu at the place of a right click, a long press, a click or a key. */
export function StageMenu({ request: { target, at }, onClose, onReturnFocus }: StageMenuProps) {
  return (
    <DropdownMenu.Root
      open
      modal={false}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <DropdownMenu.Trigger asChild>
        <span className="menu-anchor" style={{ left: at.x, top: at.y }} aria-hidden="true" tabIndex={-1} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          side="bottom"
          align="start"
          sideOffset={2}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            onReturnFocus();
          }}
        >
          <StageMenuItems target={target} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function AddNodeItems() {
  const hand = useHand();
  const control = useControl();
  const view = usePlayground((playground) => playground.view);
  return (
    <>
      <DropdownMenu.Label className="menu-label">The cluster</DropdownMenu.Label>
      {addNodeItems(view).map(({ label, command, reason }) => (
        <DropdownMenu.Item
          key={label}
          className="menu-item"
          disabled={reason !== undefined}
          onSelect={() => hand.attempt(() => runCommand(control, command))}
        >
          <span className="menu-item-label">{label}</span>
          {reason !== undefined && <span className="menu-item-reason">{reason}</span>}
        </DropdownMenu.Item>
      ))}
      <ActionMenu groups={[leaveJointAction(view)]} onChoose={hand.act} />
      <DropdownMenu.Separator className="menu-separator" />
    </>
  );
}

/** The actions of what was pointed at: of a node, of a link (a message stands for its link), or of the whole cluster. */
function StageMenuItems({ target }: { readonly target: Target }) {
  const hand = useHand();
  const view = usePlayground((playground) => playground.view);
  const real = usePlayground(({ clock }) => clock.real);
  const limited = (groups: ActionGroups): ActionGroups => groups.map((group) => withLimits(group, real));
  if (target?.type === 'node') {
    return <ActionMenu title={target.node} groups={limited(nodeActions(view, target.node))} onChoose={hand.act} />;
  }
  const message = target?.type === 'message' ? view.messages.get(target.messageId) : undefined;
  const link = target?.type === 'link' ? target.link : message;
  if (link !== undefined && view.nodes[link.from] !== undefined && view.nodes[link.to] !== undefined) {
    const title = `Link between ${link.from} and ${link.to}`;
    return <ActionMenu title={title} groups={limited(linkActions(view, link))} onChoose={hand.act} />;
  }
  return (
    <>
      <AddNodeItems />
      <ActionMenu title="All nodes" groups={limited([clusterActions(view)])} onChoose={hand.act} />
      <DropdownMenu.Separator className="menu-separator" />
      <DropdownMenu.Item className="menu-item" onSelect={() => hand.show('network')}>
        Network quality…
      </DropdownMenu.Item>
      <DropdownMenu.Item className="menu-item" onSelect={() => hand.show('disk')}>
        Disks and nodes…
      </DropdownMenu.Item>
      <DropdownMenu.Separator className="menu-separator" />
      <DropdownMenu.Item className="menu-item" onSelect={() => hand.show('new-cluster')}>
        New cluster…
      </DropdownMenu.Item>
    </>
  );
}
