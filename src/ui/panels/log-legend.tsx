import { memo } from 'react';
import { useHand } from '../hooks.ts';
import { Late } from '../late.tsx';
import { latePart } from '../late-part.ts';
import { useLater } from '../later.ts';
import { logMarks, Swatch } from './log-marks.tsx';

const logKey = latePart('The key to the marks', async () => (await import('./log-key.tsx')).LogKey);

/** What the marks of the logs mean: as many as there is room for, and all of them at a click. */
export const LogLegend = memo(function LogLegend() {
  const isTime = useLater();
  return (
    <>
      <Late part={logKey} isTime={isTime} standIn={<StandIn />} shows={['log-key']}>
        {(LogKey) => <LogKey />}
      </Late>
      <ul className="legend" aria-hidden="true">
        {logMarks.map(({ swatch, label }) => (
          <li key={swatch}>
            <Swatch of={swatch} />
            {label}
          </li>
        ))}
      </ul>
    </>
  );
});

/** A button of the same size, until what it opens is there. */
function StandIn() {
  const hand = useHand();
  return (
    <button type="button" className="key-button" onClick={() => hand.show('log-key')}>
      Key
    </button>
  );
}
