import { type ReactNode, useEffect, useEffectEvent, useReducer, useState } from 'react';
import type { ScreenRequest } from './hand.ts';
import { useHand, useShown } from './hooks.ts';
import { type LatePart, loadFailureSentence } from './late-part.ts';

interface LateProps<Part> {
  readonly part: LatePart<Part>;
  /** Whether it is time to load it. */
  readonly isTime?: boolean;
  /** Whether somebody waits for it: then it is loaded at once, and a failure is told in a notice. */
  readonly isWanted?: boolean;
  /** Called where who waited for it has been told that it does not come. */
  readonly onGiveUp?: () => void;
  /** What stands in its place until it is there: of the same size, so that nothing jumps. */
  readonly standIn?: ReactNode;
  /** Whether it is a place of the page: then a failure is told there, with a way to try again. */
  readonly isPlace?: boolean;
  /** What the part shows when it is asked to; who asks before it is there waits for it. */
  readonly shows?: readonly ScreenRequest[];
  readonly children: (part: Part) => ReactNode;
}

/** Shows a part that loads later than the page; where that fails, one sentence and another try. */
export function Late<Part>(props: LateProps<Part>) {
  const { part, isTime = true, isWanted = false, onGiveUp, standIn, isPlace = false, shows, children } = props;
  const hand = useHand();
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const [hasFailed, setFailed] = useState(false);
  const [asked, setAsked] = useState<ScreenRequest>();
  const loaded = part.loaded();
  const isThere = loaded !== undefined;
  const waits = isWanted || asked !== undefined;

  const fail = useEffectEvent((): void => {
    setFailed(isPlace);
    setAsked(undefined);
    if (!waits) return;
    hand.notify('problem', loadFailureSentence(part.what));
    onGiveUp?.();
  });
  useEffect(() => {
    if (isThere || hasFailed || !(isTime || waits)) return undefined;
    let isCurrent = true;
    part.load().then(
      () => isCurrent && drawAgain(),
      () => isCurrent && fail(),
    );
    return () => {
      isCurrent = false;
    };
  }, [part, isThere, hasFailed, isTime, waits]);
  useEffect(() => {
    // What was asked of the part before it was there, it does now that it listens.
    if (isThere && asked !== undefined) hand.show(asked);
  }, [isThere, asked, hand]);

  if (isThere) return children(loaded);
  if (hasFailed) return <LoadFailure what={part.what} onRetry={() => setFailed(false)} />;
  return (
    <>
      {standIn}
      {shows?.map((request) => (
        <Listener key={request} request={request} onAsked={setAsked} />
      ))}
    </>
  );
}

function LoadFailure({ what, onRetry }: { readonly what: string; readonly onRetry: () => void }) {
  return (
    <div className="load-failure" role="alert">
      <p>{loadFailureSentence(what)}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

interface ListenerProps {
  readonly request: ScreenRequest;
  readonly onAsked: (request: ScreenRequest) => void;
}

/** Hears that a part is asked for which is not there yet. */
function Listener({ request, onAsked }: ListenerProps) {
  useShown(request, () => onAsked(request));
  return null;
}
