import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useCalmly } from '../calm.ts';
import { usePlayground } from '../hooks.ts';
import { REQUEST_PX, RequestRow } from './request-row.tsx';

/** Every request that the view remembers, the newest on top. */
export function RequestList() {
  const requests = usePlayground((playground) => playground.view.requests);
  const nowUs = useCalmly(({ view, shownUs }) => (view.requests.last()?.fate === undefined ? shownUs : 0));
  const scroller = useRef<HTMLDivElement>(null);
  const count = requests.size;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => REQUEST_PX,
    overscan: 4,
    useFlushSync: false,
  });
  return (
    // Scrolled by keyboard, so it takes the focus.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className="requests" tabIndex={0} role="region" aria-label="Requests, the newest first">
      {count === 0 ? (
        <p className="empty">
          Each request appears here with what came of it: committed, failed, or unknown. Write a key: type{' '}
          <kbd>x=5</kbd> above.
        </p>
      ) : (
        <ul style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const request = requests.get(count - 1 - item.index);
            if (request === undefined) return null;
            return (
              <RequestRow
                key={request.requestId}
                request={request}
                top={item.start}
                nowUs={request.fate === undefined ? nowUs : 0}
                place={item.index + 1}
                count={count}
              />
            );
          })}
        </ul>
      )}
    </div>
  );
}
