import { useHand, usePlayground } from '../hooks.ts';
import { secondsOf } from '../panels/format.ts';

interface MomentButtonProps {
  /** The event's place on the timeline. */
  readonly index: number;
  readonly atUs: number;
  readonly text: string;
}

/** An event, told; a click shows the cluster as it was just after it. */
export function MomentButton({ index, atUs, text }: MomentButtonProps) {
  const hand = useHand();
  const isShown = usePlayground(({ cursor, timeline }) => (cursor ?? timeline.length - 1) === index);
  const isGone = usePlayground(({ timeline }) => index < timeline.first);
  return (
    <button
      type="button"
      className="moment"
      aria-current={isShown ? 'step' : undefined}
      disabled={isGone}
      title={isGone ? 'The timeline holds this event no longer.' : 'Show the cluster as it was just after this'}
      onClick={() => hand.rewind(index)}
    >
      <span className="moment-time">{secondsOf(atUs)}</span>
      <span className="moment-text">{text}</span>
    </button>
  );
}
