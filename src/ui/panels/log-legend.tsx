import { lazy, memo, Suspense } from 'react';
import { useLater } from '../later.ts';
import { logMarks, Swatch } from './log-marks.tsx';

const LogKey = lazy(async () => ({ default: (await import('./log-key.tsx')).LogKey }));

/** What the marks of the logs mean: as many as there is room for, and all of them at a click. */
export const LogLegend = memo(function LogLegend() {
  const isTime = useLater();
  return (
    <>
      {isTime ? (
        <Suspense fallback={standIn}>
          <LogKey />
        </Suspense>
      ) : (
        standIn
      )}
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
const standIn = (
  <button type="button" className="key-button">
    Key
  </button>
);
