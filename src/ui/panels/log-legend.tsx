import { memo } from 'react';

/** What the marks of the logs mean. */
export const LogLegend = memo(function LogLegend() {
  return (
    <ul className="legend" aria-label="What the marks mean">
      <li>
        <span className="swatch solid" aria-hidden="true" />
        committed
      </li>
      <li>
        <span className="swatch dashed" aria-hidden="true" />
        not yet
      </li>
      <li>
        <span className="swatch volatile" aria-hidden="true">
          3
        </span>
        not on disk
      </li>
      <li>
        <span className="swatch line" aria-hidden="true" />
        commit index
      </li>
      <li>
        <span className="swatch bar" aria-hidden="true" />
        applied
      </li>
      <li>
        <span className="swatch dot" aria-hidden="true" />
        match
      </li>
      <li>
        <span className="swatch arrow" aria-hidden="true" />
        next
      </li>
    </ul>
  );
});
