import { useControl, useHand, usePlayground } from '../hooks.ts';

/** One more node for the ring. Why it cannot come now, the leader says when it is asked. */
export function AddNode() {
  const hand = useHand();
  const control = useControl();
  const isRewound = usePlayground(({ cursor }) => cursor !== undefined);
  // Nobody comes into the past.
  if (isRewound) return null;
  return (
    <button type="button" className="button quiet stage-add" onClick={() => hand.attempt(() => control.addNode())}>
      Add a node
    </button>
  );
}
