import { memo } from 'react';

export interface StateRowProps {
  readonly storeKey: string;
  readonly row: number;
  readonly top: number;
  /** One for each node; undefined where the node lacks the key, null where the node is down. */
  readonly values: readonly (string | undefined | null)[];
  readonly nodes: readonly string[];
  /** What the node that has applied most holds. */
  readonly expected: string | undefined;
  readonly activeColumn: number | undefined;
}

/** What a cell shows of a long text; the rest is in its explanation. */
const MAX_CELL_TEXT = 80;

/** One key and what it is on each node. */
export const StateRow = memo(function StateRow(props: StateRowProps) {
  const { storeKey, row, top, values, nodes, expected, activeColumn } = props;
  return (
    <div className="state-row" role="row" aria-rowindex={row + 2} style={{ top }} data-row={row}>
      <div
        className={activeColumn === 0 ? 'state-key active' : 'state-key'}
        role="rowheader"
        id={stateCellId(row, 0)}
        data-column="0"
      >
        {seen(storeKey)}
      </div>
      {values.map((value, position) => {
        const column = position + 1;
        const differs = value !== null && value !== expected;
        const classes = ['state-cell'];
        if (differs) classes.push('differs');
        if (value === null) classes.push('down');
        if (activeColumn === column) classes.push('active');
        return (
          <div
            key={nodes[position]}
            className={classes.join(' ')}
            role="gridcell"
            id={stateCellId(row, column)}
            data-column={column}
          >
            {differs && <span className="visually-hidden">{value === undefined ? 'missing' : 'differs: '}</span>}
            <span aria-hidden={value === undefined || value === null}>
              {typeof value === 'string' ? seen(value) : '–'}
            </span>
          </div>
        );
      })}
    </div>
  );
}, sameProps);

/** A text as a cell shows it: in quotes where nothing of it would be seen. */
function seen(text: string): string {
  return text.trim() === '' ? `"${text}"` : text.slice(0, MAX_CELL_TEXT);
}

/** The values are gathered anew for each drawing, so they are compared one by one. */
function sameProps(before: StateRowProps, after: StateRowProps): boolean {
  return (
    before.storeKey === after.storeKey &&
    before.row === after.row &&
    before.top === after.top &&
    before.expected === after.expected &&
    before.activeColumn === after.activeColumn &&
    before.nodes === after.nodes &&
    before.values.length === after.values.length &&
    before.values.every((value, position) => value === after.values[position])
  );
}

export function stateCellId(row: number, column: number): string {
  return `state-${row}-${column}`;
}
