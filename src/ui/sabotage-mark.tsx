import { Popover } from 'radix-ui';
import { sabotageBook } from '../raft/sabotage-book.ts';
import type { SabotageName } from '../raft/sabotage-name.ts';

/** Says that this cluster is broken on purpose, and, where it is clicked, in what way. */
export function SabotageMark({ names }: { readonly names: readonly SabotageName[] }) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="sabotage-mark">
          {sabotageWords(names)}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="bottom" align="start" sideOffset={6} collisionPadding={8}>
          <h2>Broken on purpose</h2>
          <p className="lead">Every node of this cluster breaks {names.length === 1 ? 'a rule' : 'these rules'}.</p>
          <ul className="sabotage-list">
            {names.map((name) => (
              <li key={name}>
                {sabotageBook[name].sentence}{' '}
                <span className="note">
                  <code>{name}</code>, {sabotageBook[name].section}
                </span>
              </li>
            ))}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function sabotageWords([first = '', ...others]: readonly string[]): string {
  return `Broken on purpose: ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
