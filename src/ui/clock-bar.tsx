import { memo, useCallback, useState } from 'react';
import { speedInWords } from '../cluster/speed.ts';
import { clockPhrase, neighbourSpeed, SPEED_STEPS, speedToStep, stepToSpeed } from './clock-words.ts';
import { useCalmly } from './calm.ts';
import { useControl, useHand, usePlayground, usePlaygroundStore } from './hooks.ts';
import { secondsOf } from './panels/format.ts';
import { stepBackFrom, stepOnFrom } from './step-shown.ts';
import { useClockKeys } from './use-clock-keys.ts';
import './styles/clock.css';

/** Virtual time: play, pause, step, speed, the moment shown. It fills the box that it is given and never changes size. */
export function ClockBar() {
  const control = useControl();
  const hand = useHand();
  const store = usePlaygroundStore();
  const playing = usePlayground((playground) => playground.clock.playing);
  const rewound = usePlayground((playground) => playground.cursor !== undefined);
  const atStart = usePlayground(({ cursor, timeline }) => (cursor ?? timeline.length) <= timeline.first);

  const togglePlaying = useCallback(() => {
    const { clock } = store.getState();
    hand.rewind(undefined);
    hand.attempt(() => (clock.playing ? control.pause() : control.play()));
  }, [control, hand, store]);
  const stepOn = useCallback(() => {
    const { cursor } = store.getState();
    if (cursor === undefined) hand.attempt(() => control.step());
    else hand.rewind(stepOnFrom(store.getState().timeline, cursor));
  }, [control, hand, store]);
  const stepBack = useCallback(() => {
    const { cursor, timeline } = store.getState();
    if ((cursor ?? timeline.length - 1) > timeline.first) hand.rewind(stepBackFrom(timeline, cursor));
  }, [hand, store]);
  useClockKeys({ togglePlaying, stepOn, stepBack });

  return (
    <section className="clock-bar" aria-label="Clock">
      <div className="clock-buttons">
        <button
          type="button"
          className="clock-icon"
          onClick={stepBack}
          disabled={atStart}
          aria-label="Step back one event"
          title="Step back one event (,)"
          aria-keyshortcuts=","
        >
          <Icon d="M4 3.5 v9 M12.5 3.5 L6.5 8 l6 4.5 z" />
        </button>
        <button
          type="button"
          className="clock-play"
          onClick={togglePlaying}
          title="Play or pause (space bar)"
          aria-keyshortcuts="Space"
        >
          <Icon d={playing ? 'M4.5 3 h2.5 v10 h-2.5 z M9 3 h2.5 v10 H9 z' : 'M4.5 2.5 L13 8 l-8.5 5.5 z'} />
          {playing ? 'Pause' : 'Play'}
        </button>
        <button
          type="button"
          className="clock-icon"
          onClick={stepOn}
          aria-label={rewound ? 'Step on one event' : 'Step to the next event'}
          title="Step on one event (.)"
          aria-keyshortcuts="."
        >
          <Icon d="M12 3.5 v9 M3.5 3.5 L9.5 8 l-6 4.5 z" />
        </button>
      </div>
      <SpeedSlider />
      <Now />
      <ClockState />
    </section>
  );
}

const Icon = memo(function Icon({ d }: { readonly d: string }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={d} fill="currentColor" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
});

/** Marks under the slider, with the words for them. */
const marks = [
  { speed: 0.001, label: '1/1000' },
  { speed: 0.01, label: '1/100' },
  { speed: 0.1, label: '1/10' },
  { speed: 1, label: '1' },
  { speed: 20, label: '20' },
] as const;

const SpeedSlider = memo(function SpeedSlider() {
  const control = useControl();
  const hand = useHand();
  const speed = usePlayground((playground) => playground.clock.speed);
  // While the slider is dragged it shows what the hand wants; what the clock says follows.
  const [wanted, setWanted] = useState<{ readonly speed: number; readonly insteadOf: number }>();
  const shown = wanted?.insteadOf === speed ? wanted.speed : speed;
  const ask = (next: number): void => {
    setWanted({ speed: next, insteadOf: speed });
    hand.attempt(() => control.speed(next));
  };
  return (
    <label className="clock-speed">
      <span className="clock-speed-label">
        <span className="clock-label">speed</span> <output>{speedInWords(shown)}</output>
      </span>
      <span className="clock-slider">
        <input
          type="range"
          min={0}
          max={SPEED_STEPS}
          step={1}
          value={speedToStep(shown)}
          aria-label="Speed"
          aria-valuetext={speedInWords(shown)}
          onChange={(event) => ask(stepToSpeed(Number(event.target.value)))}
          onKeyDown={(event) => {
            // A single place of the slider is less than it takes to leave a round speed.
            const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
            if (direction === undefined) return;
            event.preventDefault();
            ask(neighbourSpeed(shown, direction === 1 ? 1 : -1));
          }}
        />
        <span className="clock-marks" aria-hidden="true">
          {marks.map((mark) => (
            <span key={mark.speed} style={{ left: `${(speedToStep(mark.speed) / SPEED_STEPS) * 100}%` }}>
              {mark.label}
            </span>
          ))}
        </span>
      </span>
    </label>
  );
});

const Now = memo(function Now() {
  const shown = useCalmly((playground) => secondsOf(playground.shownUs));
  const isReal = usePlayground(({ clock }) => clock.real !== undefined);
  const title = isReal
    ? 'Real seconds since this page attached'
    : 'Times are virtual: seconds of the cluster’s own clock';
  return (
    <div className="clock-now" title={title}>
      <span className="clock-time">{shown}</span>
      <span className="clock-label">{isReal ? 'real seconds' : 'virtual seconds'}</span>
    </div>
  );
});

const ClockState = memo(function ClockState() {
  const control = useControl();
  const hand = useHand();
  const rewound = usePlayground((playground) => playground.cursor !== undefined);
  const phrase = usePlayground(({ clock, cursor }) => clockPhrase(clock, cursor !== undefined));
  const share = usePlayground(({ clock }) => clock.progress?.share);
  const canStop = usePlayground(({ clock }) => clock.progress?.canStop === true);
  const replayedUs = usePlayground(({ clock }) => (clock.busy === undefined ? clock.replay?.untilUs : undefined));
  const [label, act] = canStop
    ? ['Stop', () => control.pause()]
    : rewound || replayedUs === undefined
      ? ['Back to live', undefined]
      : ['To its end', () => control.advanceTo(replayedUs / 1_000)];
  return (
    <div className="clock-state">
      <span role="status" title={phrase}>
        {phrase}
      </span>
      {share !== undefined && <progress value={share} aria-label={phrase} />}
      <button
        type="button"
        className="live"
        onClick={() => (act === undefined ? hand.rewind(undefined) : hand.attempt(act))}
        hidden={!rewound && act === undefined}
      >
        {label}
      </button>
    </div>
  );
});
