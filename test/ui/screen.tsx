import { act, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import type { ClusterControl } from '../../src/cluster/cluster-control.ts';
import { PlaygroundContext } from '../../src/ui/hooks.ts';
import { wirePlayground, type WiredPlayground } from '../../src/ui/playground.ts';
import { createFrameScheduler } from '../../src/ui/scheduler.ts';

/** A part of the screen over a simulated cluster, drawn in happy-dom; time passes only when the test says so. */
export interface TestScreen {
  readonly control: ClusterControl;
  readonly playground: WiredPlayground;
  readonly root: HTMLElement;
  /** Plays until that virtual moment, in milliseconds, and draws. */
  playTo(virtualMs: number): Promise<void>;
  /** Draws what has happened. */
  frame(): Promise<void>;
  type(field: Element | null, text: string): Promise<void>;
  press(target: Element | null, key: string, options?: KeyboardEventInit): Promise<void>;
  click(target: Element | null): Promise<void>;
  text(selector: string): string | undefined;
  dispose(): Promise<void>;
}

/** The size that every element says it has: there is no layout in happy-dom. */
const WIDTH = 700;
const HEIGHT = 240;

export async function drawScreen(part: ReactNode, seed = 7): Promise<TestScreen> {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  for (const [name, value] of Object.entries({
    offsetWidth: WIDTH,
    offsetHeight: HEIGHT,
    clientWidth: WIDTH,
    clientHeight: HEIGHT,
  })) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
  }
  const waiting: FrameRequestCallback[] = [];
  const control = createSimulatedCluster({ seed });
  const playground = wirePlayground(
    control,
    createFrameScheduler((callback) => waiting.push(callback)),
  );
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  await act(async () => root.render(<PlaygroundContext value={playground}>{part}</PlaygroundContext>));

  const frame = async (): Promise<void> => {
    await act(async () => {
      for (const callback of waiting.splice(0)) callback(0);
      await new Promise((resolve) => {
        requestAnimationFrame(() => resolve(undefined));
      });
    });
  };
  const fire = async (target: Element | null, event: Event): Promise<void> => {
    if (target === null) throw new Error('There is nothing to act on.');
    await act(async () => {
      target.dispatchEvent(event);
    });
    await frame();
  };
  return {
    control,
    playground,
    root: container,
    frame,
    async playTo(virtualMs) {
      await act(() => control.advanceTo(virtualMs));
      await frame();
    },
    async type(field, text) {
      if (!(field instanceof HTMLInputElement)) throw new Error('There is no field to type in.');
      // React listens to the native setter.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
      await fire(field, new Event('input', { bubbles: true }));
    },
    press: (target, key, options = {}) =>
      fire(target, new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options })),
    click: (target) => fire(target, new MouseEvent('click', { bubbles: true, cancelable: true })),
    text: (selector) => container.querySelector(selector)?.textContent ?? undefined,
    async dispose() {
      await act(async () => root.unmount());
      playground.dispose();
      await control.dispose();
      container.remove();
    },
  };
}
