import { DropdownMenu } from 'radix-ui';
import { useRef, useState } from 'react';
import { useControl, useHand, usePlaygroundStore, useShown } from './hooks.ts';
import { openRunFile, saveRun, saveTimelineHtml, saveTimelineNdjson } from './run-files.ts';

/** Saving and opening; on a narrow screen also what has no button of its own there. */
export function FileMenu({ isNarrow }: { readonly isNarrow: boolean }) {
  const hand = useHand();
  const control = useControl();
  const store = usePlaygroundStore();
  const [isOpen, setOpen] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  useShown('export', () => setOpen(true));
  useShown('open-run', () => picker.current?.click());
  return (
    <>
      <DropdownMenu.Root open={isOpen} onOpenChange={setOpen} modal={false}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="button quiet">
            {isNarrow ? 'Menu' : 'Save and open'}
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
            {isNarrow && (
              <>
                <FileItem label="Commands" onSelect={() => hand.show('command-palette')} />
                <FileItem label="New cluster…" onSelect={() => hand.show('new-cluster')} />
                <DropdownMenu.Separator className="menu-separator" />
              </>
            )}
            <FileItem
              label="Save the run"
              hint="JSON: seed, config, actions. It plays again, exactly."
              onSelect={() => hand.attempt(() => saveRun(control))}
            />
            <FileItem
              label="Save the timeline as a page"
              hint="One HTML table, a column a node."
              onSelect={() => saveTimelineHtml(store.getState())}
            />
            <FileItem
              label="Save the timeline as NDJSON"
              hint="One event a line."
              onSelect={() => saveTimelineNdjson(store.getState())}
            />
            <DropdownMenu.Separator className="menu-separator" />
            <FileItem
              label="Open a run file…"
              hint="Or drop it anywhere on this page."
              onSelect={() => picker.current?.click()}
            />
            <DropdownMenu.Separator className="menu-separator" />
            <FileItem
              label="Hunt for a mistake…"
              hint="Random runs in the background, until one is wrong."
              onSelect={() => hand.show('hunt')}
            />
            <FileItem
              label="Attach to a real cluster…"
              hint="One that runs elsewhere, as processes."
              onSelect={() => hand.show('attach')}
            />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <input
        ref={picker}
        className="visually-hidden"
        type="file"
        accept="application/json,.json"
        aria-label="Open a run file"
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again.
          const chosen = event.target;
          if (file !== undefined) hand.attempt(() => openRunFile(control, file));
          chosen.value = '';
        }}
      />
    </>
  );
}

interface FileItemProps {
  readonly label: string;
  readonly hint?: string;
  readonly onSelect: () => void;
}

function FileItem({ label, hint, onSelect }: FileItemProps) {
  return (
    <DropdownMenu.Item className="menu-item" onSelect={onSelect}>
      <span className="menu-item-label">{label}</span>
      {hint !== undefined && <span className="menu-item-reason">{hint}</span>}
    </DropdownMenu.Item>
  );
}
