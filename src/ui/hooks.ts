import { createContext, useContext, useEffect, useEffectEvent } from 'react';
import { useStore } from 'zustand';
import type { ClusterControl } from '../cluster/cluster-control.ts';
import type { Hand, ScreenRequest } from './hand.ts';
import type { FrameScheduler } from './scheduler.ts';
import type { Playground, PlaygroundStore } from './store.ts';

/** What every part of the screen shares: the store to read from, the hand to act with, the frame to draw in. */
export interface PlaygroundDesk {
  readonly store: PlaygroundStore;
  readonly hand: Hand;
  readonly scheduler: FrameScheduler;
  /**
   * Calls the listener when that part is asked for by {@link Hand.show}, at once if it was asked for while nobody
   * listened. One listens for each part. Returns how to stop listening.
   */
  readonly onShow: (request: ScreenRequest, listener: () => void) => () => void;
}

export const PlaygroundContext = createContext<PlaygroundDesk | undefined>(undefined);

function useDesk(): PlaygroundDesk {
  const desk = useContext(PlaygroundContext);
  if (desk === undefined) throw new Error('This component stands outside of a PlaygroundContext.');
  return desk;
}

/**
 * Reads a part of the playground and draws again when that part changes (compared with `Object.is`: select what
 * exists, do not build a new object). The store changes at most once an animation frame.
 */
export function usePlayground<Part>(selector: (playground: Playground) => Part): Part {
  return useStore(useDesk().store, selector);
}

/** The store itself, for code that draws outside of React. */
export function usePlaygroundStore(): PlaygroundStore {
  return useDesk().store;
}

/** The cluster that is shown. */
export function useControl(): ClusterControl {
  return usePlayground((playground) => playground.control);
}

/** Acting, rewinding, selecting, notices. */
export function useHand(): Hand {
  return useDesk().hand;
}

/** The one animation frame of the screen, for what moves. */
export function useScheduler(): FrameScheduler {
  return useDesk().scheduler;
}

/** Calls back when somebody asks for that part of the screen to show itself. */
export function useShown(request: ScreenRequest, show: () => void): void {
  const { onShow } = useDesk();
  const shown = useEffectEvent(show);
  useEffect(() => onShow(request, () => shown()), [onShow, request]);
}
