import type { ClusterControl, ClusterUpdate, ClockStatus } from '../cluster/cluster-control.ts';
import { ClusterDesk } from './cluster-desk.ts';
import type { AttachedCluster } from '../cluster/cluster-switcher.ts';
import type { Action } from '../timeline/action.ts';
import { sentenceOfError } from '../timeline/error-sentence.ts';
import { defaultRunConfig } from '../timeline/run-config.ts';
import { Timeline } from '../timeline/timeline.ts';
import type { Hand, ScreenRequest } from './hand.ts';
import type { PlaygroundDesk } from './hooks.ts';
import type { FrameScheduler } from './scheduler.ts';
import { createPlaygroundStore, type Notice, type Playground, type PlaygroundStore } from './store.ts';

/** How many notices stand on the screen at once; older ones give way. */
const MAX_NOTICES = 4;

/** How often what is being caught up with is drawn, in real milliseconds: drawing takes longer than it takes to happen. */
const PROGRESS_EVERY_MS = 200;

const clockAtStart: ClockStatus = {
  nowUs: 0,
  playing: false,
  speed: 1,
  pace: 1,
  replay: undefined,
  busy: 'starting',
};

/** The playground with what its maker needs beside it. */
export interface WiredPlayground extends PlaygroundDesk {
  dispose(): void;
}

/**
 * Wires a cluster to a store: the cluster's timeline grows as it tells, and is shown on the next
 * animation frame, so that however many updates come, the screen is drawn once a frame.
 */
export function wirePlayground(
  control: ClusterControl,
  scheduler: FrameScheduler,
  { real, createOwn }: { readonly real?: AttachedCluster; readonly createOwn?: () => ClusterControl } = {},
): WiredPlayground {
  const timeline = new Timeline(defaultRunConfig);
  const store = createPlaygroundStore({
    control,
    seed: 0,
    config: defaultRunConfig,
    timeline,
    revision: 0,
    cursor: undefined,
    view: timeline.view,
    shownUs: 0,
    clock: clockAtStart,
    selection: undefined,
    notices: [],
  });
  const notices = createNotices(store);
  const incoming = createIncoming(store, notices.notify);
  const stopReading = scheduler.add('read', incoming.publish);
  let unsubscribe = control.subscribe(incoming.take);
  const clusters = new ClusterDesk({
    present: real === undefined ? { own: control } : { real },
    createOwn,
    show: (next) => {
      unsubscribe();
      store.setState({ control: next });
      unsubscribe = next.subscribe(incoming.take);
    },
  });
  const parts = createParts();
  const hand = createHand(store, notices, parts.show, clusters);
  return {
    store,
    hand,
    scheduler,
    onShow: parts.onShow,
    dispose() {
      unsubscribe();
      stopReading();
    },
  };
}

/** Hands what is asked of {@link Hand.show} to the part that can; to one that is still being loaded, when it is there. */
function createParts(): Pick<Hand, 'show'> & Pick<PlaygroundDesk, 'onShow'> {
  const listeners = new Map<ScreenRequest, () => void>();
  let missed: ScreenRequest | undefined;
  return {
    show: (request) => {
      const listener = listeners.get(request);
      missed = listener === undefined ? request : undefined;
      listener?.();
    },
    onShow: (request, listener) => {
      listeners.set(request, listener);
      if (missed === request) {
        missed = undefined;
        listener();
      }
      return () => {
        if (listeners.get(request) === listener) listeners.delete(request);
      };
    },
  };
}

/** Gathers what the cluster tells between two frames. */
function createIncoming(store: PlaygroundStore, notify: Hand['notify']) {
  let next: Partial<Playground> | undefined;
  const shownRevision = (): number => store.getState().revision;
  let revision = shownRevision();

  const take = (update: ClusterUpdate): void => {
    switch (update.type) {
      case 'started': {
        const { seed, config, timeline, clock } = update;
        revision += 1;
        next = { ...next, seed, config, timeline, cursor: undefined, selection: undefined, clock };
        break;
      }
      case 'events':
        if (update.events.length > 0) revision += 1;
        next = { ...next, clock: update.clock };
        break;
      case 'clock':
        next = { ...next, clock: update.clock };
        break;
      case 'notice':
        notify(update.level, update.message);
        break;
    }
  };

  let publishedMs = -Infinity;
  const publish = (frameMs: number): void => {
    if (next === undefined) return;
    if (next.clock?.progress !== undefined && frameMs - publishedMs < PROGRESS_EVERY_MS) return;
    publishedMs = frameMs;
    const update = { ...store.getState(), ...next, revision };
    next = undefined;
    store.setState(shown(update));
  };
  return { take, publish };
}

/** The playground with `view` and `shownUs` as its cursor wants them. */
function shown(playground: Playground): Playground {
  const { timeline, clock } = playground;
  const cursor = playground.cursor === undefined ? undefined : Math.max(playground.cursor, timeline.first);
  if (cursor === undefined || cursor >= timeline.length) {
    return {
      ...playground,
      cursor: undefined,
      view: timeline.view,
      shownUs: Math.max(clock.nowUs, timeline.view.atUs),
    };
  }
  const view = timeline.viewAfter(cursor);
  return { ...playground, cursor, view, shownUs: view.atUs };
}

function createNotices(store: PlaygroundStore) {
  let lastId = 0;
  return {
    notify: (level: Notice['level'], message: string): void => {
      lastId += 1;
      // The same sentence twice is one notice, the newer one.
      const others = store.getState().notices.filter((notice) => notice.message !== message);
      store.setState({ notices: [...others, { id: lastId, level, message }].slice(-MAX_NOTICES) });
    },
    dismiss: (noticeId: number): void => {
      store.setState(({ notices }) => ({ notices: notices.filter(({ id }) => id !== noticeId) }));
    },
  };
}

function createHand(
  store: PlaygroundStore,
  { notify, dismiss }: Pick<Hand, 'notify' | 'dismiss'>,
  show: Hand['show'],
  clusters: ClusterDesk,
): Hand {
  const attempt = (work: () => Promise<unknown>): void => {
    const fail = (error: unknown): void => notify('problem', sentenceOfError(error));
    try {
      work().catch(fail);
    } catch (error) {
      fail(error);
    }
  };
  const rewind = (cursor: number | undefined): void => {
    const { clock, control, timeline } = store.getState();
    const wanted = cursor === undefined || cursor >= timeline.length ? undefined : cursor;
    if (wanted !== undefined && clock.playing) attempt(() => control.pause());
    store.setState(shown({ ...store.getState(), cursor: wanted }));
  };
  return {
    clusters,
    act(action: Action) {
      rewind(undefined);
      attempt(() => store.getState().control.act(action));
    },
    undo() {
      attempt(async () => {
        const undone = await store.getState().control.undo();
        if (undone === undefined) notify('info', 'There is nothing to undo.');
      });
    },
    attempt,
    rewind,
    select(selection) {
      store.setState({ selection });
    },
    notify,
    dismiss,
    show,
  };
}
