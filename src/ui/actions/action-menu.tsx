import { DropdownMenu } from 'radix-ui';
import { Fragment, useState } from 'react';
import type { Action } from '../../timeline/action.ts';
import { useMedia } from '../use-media.ts';
import type { ActionGroups, ActionItem, ActionSubmenu } from './action-item.ts';
import { menuRows, type MenuRow } from './menu-rows.ts';

interface ActionMenuProps {
  /** Left out where a title stands above already. */
  readonly title?: string;
  readonly groups: ActionGroups;
  readonly onChoose: (action: Action) => void;
}

/** The inside of a context menu: every action, and where some would change nothing, why: once for those that follow each other. */
export function ActionMenu({ title, groups, onChoose }: ActionMenuProps) {
  return (
    <>
      {title !== undefined && <DropdownMenu.Label className="menu-label">{title}</DropdownMenu.Label>}
      {menuRows(groups).map((rows, position) => (
        <DropdownMenu.Group key={rows.map(({ entry }) => entry.label).join()}>
          {position > 0 && <DropdownMenu.Separator className="menu-separator" />}
          {rows.map((row) => (
            <Fragment key={row.entry.label}>
              {row.note !== undefined && <p className="menu-note">{row.note}</p>}
              <Row row={row} onChoose={onChoose} />
            </Fragment>
          ))}
        </DropdownMenu.Group>
      ))}
    </>
  );
}

interface RowProps {
  readonly row: MenuRow;
  readonly onChoose: (action: Action) => void;
}

function Row({ row: { entry, reason, saysWhy }, onChoose }: RowProps) {
  if (entry.type === 'item') return <MenuItem item={entry} saysWhy={saysWhy} onChoose={onChoose} />;
  if (reason === undefined) return <MenuSubmenu submenu={entry} onChoose={onChoose} />;
  return (
    <DropdownMenu.Item className="menu-item" disabled aria-description={saysWhy ? undefined : reason}>
      <span className="menu-item-label">{entry.label}</span>
      {saysWhy && <span className="menu-item-reason">{reason}</span>}
    </DropdownMenu.Item>
  );
}

interface MenuItemProps {
  readonly item: ActionItem;
  /** Whether its reason stands in its line: above it, otherwise. */
  readonly saysWhy?: boolean;
  readonly onChoose: (action: Action) => void;
}

function MenuItem({ item, saysWhy = true, onChoose }: MenuItemProps) {
  const isPresent = item.isPresent === true;
  return (
    <DropdownMenu.Item
      className="menu-item"
      disabled={item.reason !== undefined}
      data-present={isPresent ? '' : undefined}
      aria-description={saysWhy ? undefined : item.reason}
      onSelect={() => onChoose(item.action)}
    >
      <span className="menu-item-label">{item.label}</span>
      {item.key !== undefined && <kbd aria-hidden="true">{item.key}</kbd>}
      {item.reason !== undefined && saysWhy && !isPresent && <span className="menu-item-reason">{item.reason}</span>}
    </DropdownMenu.Item>
  );
}

type MenuSubmenuProps = { readonly submenu: ActionSubmenu } & Pick<MenuItemProps, 'onChoose'>;

/** Beside the menu; where there is no room for two side by side, below its own line. */
function MenuSubmenu(props: MenuSubmenuProps) {
  const isNarrow = useMedia('(max-width: 640px)');
  return isNarrow ? <FoldedSubmenu {...props} /> : <SideSubmenu {...props} />;
}

function FoldedSubmenu({ submenu, onChoose }: MenuSubmenuProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <DropdownMenu.Item
        className="menu-item"
        aria-expanded={isOpen}
        onSelect={(event) => {
          event.preventDefault();
          setOpen(!isOpen);
        }}
      >
        <span className="menu-item-label">{submenu.label}</span>
        <span aria-hidden="true">{isOpen ? '⌃' : '⌄'}</span>
      </DropdownMenu.Item>
      {isOpen && (
        <DropdownMenu.Group className="menu-folded" aria-label={submenu.label} ref={bringIntoView}>
          {submenu.items.map((item) => (
            <MenuItem key={item.label} item={item} onChoose={onChoose} />
          ))}
        </DropdownMenu.Group>
      )}
    </>
  );
}

/** A menu at its full height scrolls: what has just unfolded is not to stay below its edge. */
function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

function SideSubmenu({ submenu, onChoose }: MenuSubmenuProps) {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className="menu-item">
        <span className="menu-item-label">{submenu.label}</span>
        <span aria-hidden="true">›</span>
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className="menu" sideOffset={2} alignOffset={-5} collisionPadding={8}>
          {submenu.items.map((item) => (
            <MenuItem key={item.label} item={item} onChoose={onChoose} />
          ))}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}
