/** Calls back about sixty times a second with the wall time in milliseconds, until the returned function is called. */
export type FrameSource = (callback: (wallMs: number) => void) => () => void;

/** How often a page that cannot be seen is called, in real milliseconds; the browser may make it fewer. */
const HIDDEN_FRAME_MS = 100;

/**
 * The page's own frames. A hidden page gets none, so there a timer takes over: what a script began there goes on, slowly.
 */
export const pageFrames: FrameSource = (callback) => {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const next = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    if (stopped) return;
    if (document.hidden) timer = setTimeout(tick, HIDDEN_FRAME_MS);
    else frame = requestAnimationFrame(tick);
  };
  const tick = (): void => {
    callback(performance.now());
    next();
  };
  document.addEventListener('visibilitychange', next);
  next();
  return () => {
    stopped = true;
    document.removeEventListener('visibilitychange', next);
    next();
  };
};

/** No frames at all: time passes only by `step` and `advanceTo`. */
export const noFrames: FrameSource = () => () => undefined;
