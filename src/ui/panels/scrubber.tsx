import { memo, useMemo, useRef, useState } from 'react';
import { useHand, usePlayground, usePlaygroundStore } from '../hooks.ts';
import { termColor } from '../term-color.ts';
import { secondsOf } from './format.ts';
import { LeaderBands, type LeaderBand } from './leader-bands.ts';

/** How finely the timeline can be scrubbed: parts of the whole. */
const STEPS = 10_000;

/** The whole timeline that is held as one slider, with the leaders' terms as coloured bands; moving it rewinds. */
export function Scrubber() {
  const store = usePlaygroundStore();
  const hand = useHand();
  const timeline = usePlayground((playground) => playground.timeline);
  const cursor = usePlayground((playground) => playground.cursor);
  const shownUs = usePlayground((playground) => playground.shownUs);
  usePlayground((playground) => playground.revision);
  const leaders = useMemo(() => ({ timeline, bands: new LeaderBands() }), [timeline]);
  leaders.bands.advance(timeline);
  // While the slider is held, the range stands still under it.
  const [held, setHeld] = useState<{ readonly fromUs: number; readonly toUs: number }>();
  const frame = useRef<number>(undefined);
  const range = held ?? { fromUs: timeline.at(timeline.first)?.atUs ?? 0, toUs: Math.max(endOf(store.getState()), 1) };
  const length = Math.max(1, range.toUs - range.fromUs);
  const value = cursor === undefined ? STEPS : Math.round(((shownUs - range.fromUs) / length) * STEPS);

  const moveTo = (step: number): void => {
    if (frame.current !== undefined) cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => {
      if (step >= STEPS) hand.rewind(undefined);
      else hand.rewind(Math.max(timeline.first, timeline.indexAt(range.fromUs + (step / STEPS) * length)));
    });
  };
  return (
    <div className="scrubber">
      <Bands bands={leaders.bands.bands} fromUs={range.fromUs} length={length} />
      <input
        type="range"
        min={0}
        max={STEPS}
        value={value}
        aria-label="Moment shown"
        aria-valuetext={cursor === undefined ? 'live' : `${secondsOf(shownUs)} virtual seconds`}
        onPointerDown={() => setHeld(range)}
        onPointerUp={() => setHeld(undefined)}
        onLostPointerCapture={() => setHeld(undefined)}
        onChange={(event) => moveTo(Number(event.target.value))}
      />
    </div>
  );
}

function endOf({
  timeline,
  clock,
}: {
  readonly timeline: { readonly view: { readonly atUs: number } };
  readonly clock: { readonly nowUs: number };
}): number {
  return Math.max(timeline.view.atUs, clock.nowUs);
}

interface BandsProps {
  readonly bands: readonly LeaderBand[];
  readonly fromUs: number;
  readonly length: number;
}

const Bands = memo(function Bands({ bands, fromUs, length }: BandsProps) {
  const share = (us: number): number => Math.max(0, Math.min(100, ((us - fromUs) / length) * 100));
  return (
    <div className="bands" aria-hidden="true">
      {bands.map((band) => {
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
