import { memo } from 'react';
import type { ReplicationState } from '../../raft/raft-state.ts';
import { entryAt, lastIndexOf } from '../../timeline/node-log.ts';
import type { NodeView } from '../../timeline/view.ts';
import type { Machine } from '../../timeline/world.ts';
import { termColor } from '../term-color.ts';
import { counted } from '../../timeline/words.ts';
import { LogCell } from './log-cell.tsx';
import { cellId, COLUMN_PX, columnLeft, NAMES_PX } from './log-columns.ts';
import { LogProgress } from './log-progress.tsx';
import { LogSnapshot } from './log-snapshot.tsx';
import { RoleMark, roleWord } from './role-mark.tsx';

/** How long an overwritten entry stays to be seen, in virtual microseconds. */
export const GHOST_US = 2_000_000;

export interface LogRowProps {
  readonly node: NodeView;
  readonly machine: Machine;
  /** The part of the log to draw: the first index, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** What the leader knows of this node; undefined where nobody leads it. Its parts, so that the row can tell. */
  readonly knownTerm: number | undefined;
  readonly matchIndex: number | undefined;
  readonly nextIndex: number | undefined;
  readonly state: ReplicationState | undefined;
  /** The moment shown, in steps of a tenth of a second, while something overwritten is fading; else 0. */
  readonly fadingAtUs: number;
  readonly activeIndex: number | undefined;
}

/** The log of one node. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { node, machine, width, knownTerm, matchIndex, nextIndex, state = 'replicate' } = props;
  const down = machine.status === 'down';
  return (
    <div className={down ? 'log-row down' : 'log-row'} style={{ width }} role="row" data-node={node.id}>
      <div
        className={props.activeIndex === 0 ? 'log-name active' : 'log-name'}
        role="rowheader"
        id={cellId(node.id, 0)}
        data-index={0}
        // The name of a node in a tab leaves no room for marks beside it.
        data-long={node.id.length > 3 ? '' : undefined}
      >
        <span className="log-node">
          <RoleMark role={node.role} status={machine.status} term={node.term} />
          {node.id}
        </span>
        <span className="log-role">
          {down ? 'down' : `term ${node.term}`}
          {!down && node.role === 'leader' && <LogProgress progress={node.progress} term={node.term} />}
        </span>
        <span className="visually-hidden">
          {`${roleWord(node.role, machine.status)}, ${counted(lastIndexOf(node), 'entry', 'entries')}, ${node.commitIndex} committed`}
        </span>
      </div>
      <LogCells
        id={node.id}
        base={node.base}
        log={node.log}
        overwritten={node.overwritten}
        commitIndex={node.commitIndex}
        durableIndex={node.durableIndex}
        from={props.from}
        to={props.to}
        fadingAtUs={props.fadingAtUs}
        activeIndex={props.activeIndex}
      />
      <LogSnapshot node={node} />
      <div
        className="log-commit"
        style={{ left: NAMES_PX, width: node.commitIndex * COLUMN_PX }}
        data-empty={node.commitIndex === 0}
      />
      <div className="log-applied" style={{ left: NAMES_PX, width: node.lastApplied * COLUMN_PX }} />
      {knownTerm !== undefined && matchIndex !== undefined && matchIndex > 0 && (
        <span
          className="log-match"
          style={{ left: columnLeft(matchIndex + 1), color: termColor(knownTerm) }}
          data-mark="match"
        />
      )}
      {knownTerm !== undefined && nextIndex !== undefined && (
        <span
          className={`log-next ${state}`}
          style={{ left: columnLeft(nextIndex), color: termColor(knownTerm) }}
          data-mark="next"
        />
      )}
    </div>
  );
});

type LogCellsProps = Pick<NodeView, 'id' | 'base' | 'log' | 'overwritten' | 'commitIndex' | 'durableIndex'> &
  Pick<LogRowProps, 'from' | 'to' | 'fadingAtUs' | 'activeIndex'>;

/** The entries in sight. A node changes with every heartbeat; these only when its log does. */
const LogCells = memo(function LogCells(props: LogCellsProps) {
  const { id, commitIndex, durableIndex, from, to, activeIndex } = props;
  const drawn = [];
  const last = Math.min(to, lastIndexOf(props) + 1);
  for (let index = Math.max(from, props.base.index + 1); index < last; index++) {
    const entry = entryAt(props, index);
    if (entry === undefined) continue;
    drawn.push(
      <LogCell
        key={index}
        id={cellId(id, index)}
        entry={entry}
        left={columnLeft(index)}
        committed={index <= commitIndex}
        durable={index <= durableIndex}
        active={activeIndex === index}
        faded={undefined}
        beneath={false}
      />,
    );
  }
  return [...drawn, ...fadingCells(props)];
});

/** What was overwritten a moment ago. */
function fadingCells(props: LogCellsProps) {
  const { id, overwritten, from, to, fadingAtUs } = props;
  if (fadingAtUs === 0) return [];
  const drawn = [];
  for (const { entry, atUs } of overwritten) {
    const age = (fadingAtUs - atUs) / GHOST_US;
    if (age >= 1 || entry.index < from || entry.index >= to) continue;
    drawn.push(
      <LogCell
        key={`gone ${entry.index} ${entry.term}`}
        id={`${cellId(id, entry.index)}-gone-${entry.term}`}
        entry={entry}
        left={columnLeft(entry.index)}
        committed={false}
        durable
        active={false}
        faded={Math.max(0, age)}
        beneath={entry.index <= lastIndexOf(props)}
      />,
    );
  }
  return drawn;
}
