import { ContextMenu } from 'radix-ui';
import type { Action } from '../../timeline/action.ts';
import type { ActionGroups, ActionItem, ActionSubmenu } from './action-list.ts';

interface ActionMenuProps {
  readonly title: string;
  readonly groups: ActionGroups;
  readonly onChoose: (action: Action) => void;
}

/** The inside of a context menu: every action, and where one would change nothing, why. */
export function ActionMenu({ title, groups, onChoose }: ActionMenuProps) {
  return (
    <>
      <ContextMenu.Label className="menu-label">{title}</ContextMenu.Label>
      {groups.map((group, position) => (
        <ContextMenu.Group key={group.map(({ label }) => label).join()}>
          {position > 0 && <ContextMenu.Separator className="menu-separator" />}
          {group.map((entry) =>
            entry.type === 'item' ? (
              <MenuItem key={entry.label} item={entry} onChoose={onChoose} />
            ) : (
              <MenuSubmenu key={entry.label} submenu={entry} onChoose={onChoose} />
            ),
          )}
        </ContextMenu.Group>
      ))}
    </>
  );
}

interface MenuItemProps {
  readonly item: ActionItem;
  readonly onChoose: (action: Action) => void;
}

function MenuItem({ item, onChoose }: MenuItemProps) {
  const isPresent = item.isPresent === true;
  return (
    <ContextMenu.Item
      className="menu-item"
      disabled={item.reason !== undefined}
      data-present={isPresent ? '' : undefined}
      onSelect={() => onChoose(item.action)}
    >
      <span className="menu-item-label">{item.label}</span>
      {item.key !== undefined && <kbd aria-hidden="true">{item.key}</kbd>}
      {item.reason !== undefined && !isPresent && <span className="menu-item-reason">{item.reason}</span>}
    </ContextMenu.Item>
  );
}

function MenuSubmenu({ submenu, onChoose }: { readonly submenu: ActionSubmenu } & Pick<MenuItemProps, 'onChoose'>) {
  return (
    <ContextMenu.Sub>
      <ContextMenu.SubTrigger className="menu-item">
        <span className="menu-item-label">{submenu.label}</span>
        <span aria-hidden="true">›</span>
      </ContextMenu.SubTrigger>
      <ContextMenu.Portal>
        <ContextMenu.SubContent className="menu" sideOffset={2} alignOffset={-5} collisionPadding={8}>
          {submenu.items.map((item) => (
            <MenuItem key={item.label} item={item} onChoose={onChoose} />
          ))}
        </ContextMenu.SubContent>
      </ContextMenu.Portal>
    </ContextMenu.Sub>
  );
}
