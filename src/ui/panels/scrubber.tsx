import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { memo, useMemo, useRef, useState } from 'react';
import type { Timeline } from '../../timeline/timeline.ts';
import { useCalmly } from '../calm.ts';
import { useHand, usePlayground, usePlaygroundStore } from '../hooks.ts';
import type { Playground } from '../store.ts';
import { termColor } from '../term-color.ts';
import { secondsOf } from './format.ts';
import { LeaderBands } from './leader-bands.ts';

/** How finely the timeline can be scrubbed: parts of the whole. */
const STEPS = 10_000;
/** The whole grows slowly under the eye: how often the bands are drawn anew while it does, in real milliseconds. */
const BANDS_EVERY_MS = 250;

/** From the first moment that is held to the last, in virtual microseconds. */
interface Range {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The whole timeline that is held as one slider, with the leaders' terms as coloured bands; moving it rewinds. */
export function Scrubber() {
  // While the slider is held, the range stands still under it.
  const [held, setHeld] = useState<Range>();
  return (
    <div className="scrubber">
      <Bands held={held} />
      <Thumb held={held} setHeld={setHeld} />
    </div>
  );
}

/** A key moves by events: a step of the slider may be less than the time between two of them. */
const eventsBy: Readonly<Record<string, number | undefined>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -50,
  PageUp: 50,
};

interface ThumbProps {
  readonly held: Range | undefined;
  readonly setHeld: (range: Range | undefined) => void;
}

/** While the screen is live, it stands at the end and says so: nothing of it changes from frame to frame. */
function Thumb({ held, setHeld }: ThumbProps) {
  const store = usePlaygroundStore();
  const hand = useHand();
  const moment = usePlayground(({ cursor, shownUs }) => (cursor === undefined ? undefined : shownUs));
  const frame = useRef<number>(undefined);
  const range = (): Range => held ?? rangeOf(store.getState());
  // While it is held the thumb is where the hand is, and not at the event before.
  const [wanted, setWanted] = useState<number>();
  const shown = moment === undefined ? STEPS : Math.round(stepsOver(range())(moment));
  const letGo = (): void => {
    setHeld(undefined);
    setWanted(undefined);
  };

  const moveTo = (step: number): void => {
    if (frame.current !== undefined) cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      const { timeline } = store.getState();
      if (step >= STEPS) hand.rewind(undefined);
      else hand.rewind(Math.max(timeline.first, timeline.indexAt(stepsOver(range()).invert(step))));
    });
  };
  return (
    <input
      type="range"
      min={0}
      max={STEPS}
      value={held === undefined ? shown : (wanted ?? shown)}
      aria-label="Moment shown"
      aria-valuetext={moment === undefined ? 'live' : `${secondsOf(moment)} virtual seconds`}
      onPointerDown={() => setHeld(range())}
      onPointerUp={letGo}
      onLostPointerCapture={letGo}
      onKeyDown={(event) => {
        const events = eventsBy[event.key];
        if (events === undefined) return;
        event.preventDefault();
        const { cursor, timeline } = store.getState();
        const next = (cursor ?? timeline.length - 1) + events;
        if (cursor !== undefined || events < 0) hand.rewind(Math.max(timeline.first, next));
      }}
      onChange={(event) => {
        const step = Number(event.target.value);
        setWanted(step);
        moveTo(step);
      }}
    />
  );
}

/** Who led when. */
const Bands = memo(function Bands({ held }: { readonly held: Range | undefined }) {
  const timeline = usePlayground((playground) => playground.timeline);
  useCalmly(endOf, BANDS_EVERY_MS);
  const store = usePlaygroundStore();
  const leaders = useMemo(() => ({ timeline, bands: new LeaderBands() }), [timeline]);
  leaders.bands.advance(timeline);
  const { fromUs, toUs } = held ?? rangeOf(store.getState());
  const share = scaleLinear([fromUs, toUs], [0, 100]).clamp(true);
  return (
    <div className="bands" aria-hidden="true">
      {leaders.bands.bands.map((band) => {
        const left = share(band.fromUs);
        const right = band.toUs === undefined ? 100 : share(band.toUs);
        if (right <= left) return null;
        return (
          <div
            key={band.fromUs}
            className="band"
            style={{ left: `${left}%`, width: `${right - left}%`, background: termColor(band.term) }}
          />
        );
      })}
    </div>
  );
});

function stepsOver({ fromUs, toUs }: Range): ScaleLinear<number, number> {
  return scaleLinear([fromUs, toUs], [0, STEPS]).clamp(true);
}

function rangeOf(playground: Playground): Range {
  const fromUs = firstMoment(playground.timeline);
  return { fromUs, toUs: Math.max(endOf(playground), fromUs + 1) };
}

function firstMoment(timeline: Timeline): number {
  return timeline.at(timeline.first)?.atUs ?? 0;
}

function endOf({ timeline, clock }: Playground): number {
  return Math.max(timeline.view.atUs, clock.nowUs);
}
