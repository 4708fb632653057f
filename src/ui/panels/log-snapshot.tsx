import { lastIndexOf } from '../../timeline/node-log.ts';
import type { NodeView } from '../../timeline/view.ts';
import { shareOf } from '../snapshot-share.ts';
import { termColor } from '../term-color.ts';
import { COLUMN_PX, columnLeft } from './log-columns.ts';
import '../styles/log-snapshot.css';

/** In place of the entries that a node has forgotten: its snapshot, as one block; and the one that it is being given. */
export function LogSnapshot({ node }: { readonly node: NodeView }) {
  const { base, receiving } = node;
  const style = { left: columnLeft(1), width: base.index * COLUMN_PX - 4, '--term': termColor(base.term) };
  return (
    <>
      {base.index > 0 && (
        <div
          id={`log-${node.id}-snapshot`}
          className="log-snapshot"
          style={style}
          role="gridcell"
          data-index={base.index}
        >
          <span>{words(node)}</span>
        </div>
      )}
      {receiving !== undefined && (
        <div className="log-receiving" style={{ left: columnLeft(lastIndexOf(node) + 1) }}>
          <span>{`snapshot up to ${receiving.index}: ${shareOf(receiving)}`}</span>
        </div>
      )}
    </>
  );
}

/** `snapshot up to 40`, and to whom it is being given: `→ n3 25 %`. */
function words({ base, snapshot, progress }: NodeView): string {
  const given = Object.entries(progress).flatMap(([peer, { sending }]) =>
    sending === undefined ? [] : [`→ ${peer} ${shareOf(sending)}`],
  );
  return [`snapshot up to ${snapshot?.index ?? base.index}`, ...given].join(' ');
}
