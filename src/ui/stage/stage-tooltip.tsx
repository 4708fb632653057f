import { useLayoutEffect, useRef, useState } from 'react';
import { usePlayground } from '../hooks.ts';
import { describeMessage } from '../../timeline/describe.ts';
import { presentConfiguration } from '../../timeline/membership.ts';
import type { View } from '../../timeline/view.ts';
import type { Point, Target } from './geometry.ts';
import { linkFacts } from './link-facts.ts';
import { nodeFacts } from './node-facts.ts';

interface StageTooltipProps {
  readonly target: NonNullable<Target>;
  readonly at: Point;
}

/** What is pointed at, in words, beside the pointer and inside of the window. */
export function StageTooltip({ target, at }: StageTooltipProps) {
  const box = useRef<HTMLDivElement>(null);
  const text = usePlayground(({ view, shownUs }) => explain(target, view, shownUs).join('\n'));
  // A message that has arrived is still explained until the pointer moves on.
  const [last, setLast] = useState(text);
  if (text !== '' && text !== last) setLast(text);
  useLayoutEffect(() => {
    const element = box.current;
    const stage = element?.parentElement;
    if (element === null || stage === null || stage === undefined) return;
    const room = stage.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    const x = Math.min(at.x + 18, innerWidth - room.left - width - 8);
    const below = at.y + 18;
    const y = room.top + below + height + 8 > innerHeight ? at.y - height - 14 : below;
    element.style.transform = `translate(${Math.max(8 - room.left, x)}px, ${y}px)`;
  });
  const [title, ...lines] = last.split('\n');
  return (
    <div ref={box} className="tooltip" role="tooltip">
      <strong>{title}</strong>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

/** A title and sentences; none where it is gone. */
function explain(target: NonNullable<Target>, view: View, shownUs: number): readonly string[] {
  switch (target.type) {
    case 'node': {
      const node = view.nodes[target.node];
      if (node === undefined) return [];
      const machine = view.world.machines[node.id];
      return [node.id, ...nodeFacts(node, machine, shownUs, presentConfiguration(view))];
    }
    case 'message': {
      const message = view.messages.get(target.messageId);
      if (message === undefined) return [];
      const { from, to } = message;
      return [`${from} → ${to}`, `${describeMessage(message.message, from, to)}.`, ...fateLine(message.fate, to)];
    }
    case 'client':
      return clientFacts(target.client, view);
    case 'link':
      return linkFacts(target.link.from, target.link.to, view, shownUs);
  }
}

function fateLine(fate: 'sent' | 'lost' | 'cut' | 'down', to: string): readonly string[] {
  if (fate === 'sent') return [];
  if (fate === 'lost') return ['The network loses it.'];
  return [fate === 'cut' ? 'It is lost: the link is cut.' : `It is lost: ${to} is down.`];
}

function clientFacts(client: string, view: View): readonly string[] {
  const pending = view.requests.count((request) => request.client === client && request.fate === undefined);
  return [
    client === 'c1' ? 'You, the client' : client,
    pending === 0
      ? 'No request is waiting.'
      : `${pending} ${pending === 1 ? 'request waits' : 'requests wait'} for an answer.`,
    'A clerk finds the leader, and asks again where it must.',
  ];
}
