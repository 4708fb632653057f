// @vitest-environment happy-dom
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockBar } from '../../src/ui/clock-bar.tsx';
import { drawScreen, type TestScreen } from './screen.tsx';

describe('The clock bar', () => {
  let screen: TestScreen;
  beforeEach(async () => {
    screen = await drawScreen(<ClockBar />);
  });
  afterEach(() => screen.dispose());

  it('goes to the end of a run that is played again at a press', async () => {
    const run = await screen.control.run();
    await act(() =>
      screen.control.load({
        ...run,
        actions: [{ atUs: 500_000, action: { type: 'kill', node: 'n2' } }],
        untilUs: 800_000,
      }),
    );
    await screen.frame();
    expect(screen.text('.clock-state span')).toBe('replaying: 1 action to come');
    expect(screen.text('.clock-state button')).toBe('To its end');
    await screen.click(screen.root.querySelector('.clock-state button'));
    const { clock, nodes } = await act(() => screen.control.status());
    await screen.frame();
    expect(clock).toMatchObject({ nowUs: 800_000, replay: undefined });
    expect(nodes.find(({ id }) => id === 'n2')?.status).toBe('down');
    expect(screen.root.querySelector<HTMLElement>('.clock-state button')?.hidden).toBe(true);
  });

  it('says and draws how far something has come that takes a while, and stops it at a press', async () => {
    const { store } = screen.playground;
    expect(screen.root.querySelector('progress')).toBeNull();
    const { clock } = store.getState();
    const busy = { ...clock, busy: 'playing ahead', progress: { share: 0.416, canStop: true } };
    await act(async () => store.setState({ clock: busy }));
    expect(screen.root.querySelector('progress')?.getAttribute('value')).toBe('0.416');
    expect(screen.text('.clock-state span')).toBe('playing ahead: 42 %');
    const pause = vi.spyOn(screen.control, 'pause');
    await screen.click(screen.root.querySelector('.clock-state button'));
    expect(pause).toHaveBeenCalledOnce();
    // What must come to its end by itself has no button.
    const returning = { ...busy, progress: { share: 0.9, canStop: false } };
    await act(async () => store.setState({ clock: returning }));
    expect(screen.root.querySelector<HTMLElement>('.clock-state button')?.hidden).toBe(true);
  });
});
