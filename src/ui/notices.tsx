import { useEffect } from 'react';
import { useHand, usePlayground } from './hooks.ts';
import type { Notice } from './store.ts';

/** How long a notice that is no problem stands, in real milliseconds. */
const INFO_MS = 8_000;

/** What a person should read, one sentence each, above the clock. Problems stay until they are dismissed. */
export function Notices() {
  const notices = usePlayground((playground) => playground.notices);
  return (
    <div className="notices" role="status">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeLine({ notice: { id, level, message } }: { readonly notice: Notice }) {
  const hand = useHand();
  useEffect(() => {
    if (level === 'problem') return undefined;
    const timer = setTimeout(() => hand.dismiss(id), INFO_MS);
    return () => clearTimeout(timer);
  }, [hand, id, level]);
  return (
    <div className="notice" data-level={level}>
      <p>{message}</p>
      <button type="button" className="button quiet" onClick={() => hand.dismiss(id)}>
        Dismiss
      </button>
    </div>
  );
}
