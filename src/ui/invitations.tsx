import { useCallback, useEffect, useState } from 'react';
import { leaderOf } from '../cluster/cluster-status.ts';
import type { View } from '../timeline/view.ts';
import { halves } from './actions/cluster-actions.ts';
import type { Hand } from './hand.ts';
import { useHand, usePlayground, usePlaygroundStore } from './hooks.ts';
import {
  advanceStages,
  allOffered,
  type InvitationId,
  invitationIds,
  type Stages,
  storyOf,
  takenUp,
} from './invitation-stages.ts';
import type { Playground } from './store.ts';

/** How long the outcome is read before the invitation goes, in real milliseconds. */
const OUTCOME_MS = 9_000;
/** Who has tried a thing on an earlier visit is not invited again. */
const MEMORY = 'whitewater.tried';

/** Beside the ring: what to try first, what to watch for while it happens, and what came of it. */
export function Invitations() {
  const [gone, setGone] = useState(remembered);
  const { stages, last } = useStages();
  useEffect(() => {
    for (const id of invitationIds) if (stages[id].type === 'done') remember(id);
  }, [stages]);
  const leave = useCallback((id: InvitationId): void => setGone((now) => [...now, id]), []);
  const told = toldNow(stages, last, gone);
  const open = invitationIds.filter((id) => !gone.includes(id) && (stages[id].type === 'offered' || id === told));
  return (
    <section className="invitations" aria-label="Things to try first" aria-live="polite" aria-relevant="additions text">
      {open.length > 0 && <h2>Try this first</h2>}
      {open.map((id) => (
        <Invitation key={id} id={id} stages={stages} onLeave={leave} />
      ))}
    </section>
  );
}

/** One story is told at a time: of what was taken up last, and when that is over, of what still happens. */
function toldNow(stages: Stages, last: InvitationId | undefined, gone: readonly string[]): InvitationId | undefined {
  if (last !== undefined && stages[last].type !== 'offered' && !gone.includes(last)) return last;
  const left = invitationIds.filter((id) => !gone.includes(id));
  return left.find((id) => stages[id].type === 'happening') ?? left.find((id) => stages[id].type === 'done');
}

interface InvitationProps {
  readonly id: InvitationId;
  readonly stages: Stages;
  readonly onLeave: (id: InvitationId) => void;
}

function Invitation({ id, stages, onLeave }: InvitationProps) {
  const hand = useHand();
  const store = usePlaygroundStore();
  const stage = stages[id];
  const isDone = stage.type === 'done';
  const missing = usePlayground(({ view }) => missingFor(id, view));
  const story = usePlayground(({ view }) => (stage.type === 'happening' ? storyOf(id, view) : undefined));
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => onLeave(id), OUTCOME_MS);
    return () => clearTimeout(timer);
  }, [id, isDone, onLeave]);

  if (stage.type === 'offered') {
    return (
      <button
        type="button"
        className="invitation"
        data-invitation={id}
        data-stage="offered"
        disabled={missing !== undefined}
        onClick={() => begin(id, store.getState(), hand)}
      >
        <strong>{titles[id]}</strong>
        <span>{missing ?? promises[id]}</span>
      </button>
    );
  }
  return (
    <div className="invitation" data-invitation={id} data-stage={stage.type === 'done' ? 'happening' : stage.type}>
      <strong>{isDone ? 'Done' : 'Watch'}</strong>
      <p>{stage.type === 'done' ? stage.outcome : story}</p>
      {id === 'split' && !isDone && (
        <button type="button" className="button" onClick={() => hand.act({ type: 'heal', links: undefined })}>
          Heal the cut
        </button>
      )}
    </div>
  );
}

const titles: Readonly<Record<InvitationId, string>> = {
  write: 'Write a key',
  kill: 'Kill the leader',
  split: 'Cut the ring in two',
};

const promises: Readonly<Record<InvitationId, string>> = {
  write: 'x = 5, through the leader to a majority.',
  kill: 'Its worker is terminated. The others notice.',
  split: 'Or drag a line across it yourself.',
};

/** Why it cannot be done now; undefined if it can. */
function missingFor(id: InvitationId, view: View): string | undefined {
  if (id === 'split') return view.world.nodes.length < 2 ? 'It takes two nodes.' : undefined;
  if (leaderOf(view) === undefined) return 'As soon as there is a leader.';
  return undefined;
}

function begin(id: InvitationId, { control, view, clock }: Playground, hand: Hand): void {
  hand.rewind(undefined);
  const leader = leaderOf(view);
  if (id === 'write') hand.attempt(() => control.set('x', '5'));
  if (id === 'kill' && leader !== undefined) hand.act({ type: 'kill', node: leader });
  if (id === 'split') hand.act({ type: 'split', groups: halves(view) });
  if (!clock.playing) hand.attempt(() => control.play());
}

interface Standing {
  readonly stages: Stages;
  /** The one that was taken up last. */
  readonly last: InvitationId | undefined;
}

/** How far each has come, whoever does it and however. */
function useStages(): Standing {
  const store = usePlaygroundStore();
  const [standing, setStanding] = useState<Standing>({ stages: allOffered, last: undefined });
  useEffect(() => {
    let { timeline } = store.getState();
    let before = timeline.view;
    let now: Standing = { stages: allOffered, last: undefined };
    return store.subscribe((playground) => {
      // The live end counts, not what a rewound screen shows.
      const after = playground.timeline.view;
      if (playground.timeline !== timeline) {
        timeline = playground.timeline;
        before = after;
        return;
      }
      if (after === before) return;
      const stages = advanceStages(now.stages, before, after);
      before = after;
      if (stages === now.stages) return;
      // Told to React only when it changes: React would keep every update that changes nothing, and its views, until the
      // next one that does.
      now = { stages, last: takenUp(now.stages, stages) ?? now.last };
      setStanding(now);
    });
  }, [store]);
  return standing;
}

function remembered(): readonly string[] {
  try {
    return (localStorage.getItem(MEMORY) ?? '').split(' ');
  } catch {
    // A page that may store nothing invites every time.
    return [];
  }
}

function remember(id: InvitationId): void {
  try {
    localStorage.setItem(MEMORY, [...new Set([...remembered(), id])].join(' ').trim());
  } catch {
    // As above.
  }
}
