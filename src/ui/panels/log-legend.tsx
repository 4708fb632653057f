import { Popover } from 'radix-ui';
import { memo } from 'react';

const marks = [
  { swatch: 'solid', label: 'committed', meaning: 'Solid: the node knows that the entry is committed.' },
  { swatch: 'dashed', label: 'not yet', meaning: 'Dashed: not committed as far as the node knows.' },
  { swatch: 'volatile', label: 'not on disk', meaning: 'Term without a fill: not yet on the node’s disk.' },
  { swatch: 'match', label: 'match', meaning: 'Dot: the leader knows that the logs agree up to here.' },
  { swatch: 'next', label: 'next', meaning: 'Arrow: the entry that the leader sends next.' },
  { swatch: 'line', label: 'commit', meaning: 'Thin line: the node’s commit index.' },
  { swatch: 'bar', label: 'applied', meaning: 'Thick line: what the node has applied to its store.' },
  {
    swatch: 'struck',
    label: 'gone',
    meaning: 'Struck out and fading: overwritten, because the leader’s log says otherwise.',
  },
] as const;

/** What the marks of the logs mean: as many as there is room for, and all of them at a click. */
export const LogLegend = memo(function LogLegend() {
  return (
    <>
      <Popover.Root>
        <Popover.Trigger className="key-button">Key</Popover.Trigger>
        <Popover.Portal>
          <Popover.Content className="popover key" side="top" align="start" sideOffset={4}>
            <ul>
              {marks.map(({ swatch, meaning }) => (
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
      <ul className="legend" aria-hidden="true">
        {marks.map(({ swatch, label }) => (
          <li key={swatch}>
            <Swatch of={swatch} />
            {label}
          </li>
        ))}
      </ul>
    </>
  );
});

function Swatch({ of }: { readonly of: (typeof marks)[number]['swatch'] }) {
  const sign = of === 'volatile' || of === 'struck' ? '3' : '';
  return (
    <span className={`swatch ${of}`} aria-hidden="true">
      {sign}
    </span>
  );
}
