import { useCallback, useEffect, useMemo, useRef } from 'react';

/** How long a finger rests until that counts as a right click, in real milliseconds; some browsers do not say so themselves. */
const LONG_PRESS_MS = 600;

/** Calls back when a press that was begun has lasted, unless it was ended before. */
export function useLongPress() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const end = useCallback(() => clearTimeout(timer.current), []);
  useEffect(() => end, [end]);
  return useMemo(
    () => ({
      begin: (lasted: () => void): void => {
        end();
        timer.current = setTimeout(lasted, LONG_PRESS_MS);
      },
      end,
    }),
    [end],
  );
}
