/** The marks of the logs, what they are called and what they mean. */
export const logMarks = [
  { swatch: 'solid', label: 'committed', meaning: 'Solid: the node knows that the entry is committed.' },
  { swatch: 'dashed', label: 'not yet', meaning: 'Dashed: not committed as far as the node knows.' },
  { swatch: 'volatile', label: 'not on disk', meaning: 'Term without a fill: not yet on the node’s disk.' },
  { swatch: 'match', label: 'match', meaning: 'Dot: the leader knows that the logs agree up to here.' },
  { swatch: 'next', label: 'next', meaning: 'Arrow: the entry that the leader sends next.' },
  { swatch: 'line', label: 'commit', meaning: 'Thin line: the node’s commit index.' },
  { swatch: 'bar', label: 'applied', meaning: 'Thick line: what the node has applied to its store.' },
  { swatch: 'snapshot', label: 'snapshot', meaning: 'Hatched: forgotten, because a snapshot holds what it came to.' },
  {
    swatch: 'struck',
    label: 'gone',
    meaning: 'Struck out and fading: overwritten, because the leader’s log says otherwise.',
  },
  { swatch: 'probe', label: 'probed', meaning: 'Open arrow: one append at a time, until the logs agree.' },
  { swatch: 'block', label: 'snapshot', meaning: 'Block in its place: it is given the snapshot first.' },
] as const;

/** A small picture of a mark. */
export function Swatch({ of }: { readonly of: (typeof logMarks)[number]['swatch'] }) {
  const sign = of === 'volatile' || of === 'struck' ? '3' : '';
  return (
    <span className={`swatch ${of}`} aria-hidden="true">
      {sign}
    </span>
  );
}
