/** Called once a frame, with the frame's time in milliseconds. It must not read layout that another one wrote. */
export type FrameTask = (frameMs: number) => void;

/** One animation frame for the whole screen: first what reads the cluster (`read`), then what draws it (`draw`). */
export interface FrameScheduler {
  /** Runs the task every frame until the returned function is called. */
  add(phase: 'read' | 'draw', task: FrameTask): () => void;
}

/** The scheduler of a page. It asks for frames only while it has tasks; the browser holds them back in a hidden tab. */
export function createFrameScheduler(
  requestFrame: (callback: FrameRequestCallback) => number = (callback) => requestAnimationFrame(callback),
): FrameScheduler {
  const phases = { read: new Set<FrameTask>(), draw: new Set<FrameTask>() };
  let waiting = false;

  const frame = (frameMs: number): void => {
    waiting = false;
    // The next frame is asked for first, so that a task that throws (visibly, in the console) does not stop the screen.
    wait();
    for (const task of phases.read) task(frameMs);
    for (const task of phases.draw) task(frameMs);
  };
  const wait = (): void => {
    if (waiting || phases.read.size + phases.draw.size === 0) return;
    waiting = true;
    requestFrame(frame);
  };

  return {
    add(phase, task) {
      phases[phase].add(task);
      wait();
      return () => {
        phases[phase].delete(task);
      };
    },
  };
}
