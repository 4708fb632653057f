import { useEffect, useState } from 'react';
import { describe } from '../timeline/describe.ts';
import type { TimelineEvent } from '../timeline/event.ts';
import { usePlaygroundStore } from './hooks.ts';

/** At most this often, in real milliseconds, so that a fast cluster does not talk without end. */
const PACE_MS = 1_500;
const MAX_SENTENCES = 3;

/** Says to a screen reader who leads, what became of requests, and what was done to the cluster. */
export function Announcer() {
  const store = usePlaygroundStore();
  const [text, setText] = useState('');
  useEffect(() => {
    let { timeline } = store.getState();
    let next = timeline.length;
    const speak = (): void => {
      const present = store.getState().timeline;
      if (present !== timeline) {
        timeline = present;
        next = 0;
      }
      if (timeline.length === next) return;
      const sentences = timeline
        .slice(next)
        .filter(isWorthSaying)
        .map((event) => `${describe(event).text}.`);
      next = timeline.length;
      if (sentences.length > 0) setText(sentences.slice(-MAX_SENTENCES).join(' '));
    };
    const timer = setInterval(speak, PACE_MS);
    return () => clearInterval(timer);
  }, [store]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {text}
    </div>
  );
}

function isWorthSaying({ event }: TimelineEvent): boolean {
  return (
    event.type === 'became-leader' ||
    event.type === 'request-ended' ||
    event.type === 'halted' ||
    (event.type === 'action' && event.action.type !== 'request')
  );
}
