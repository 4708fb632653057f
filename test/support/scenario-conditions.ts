import { describe as wordsOf } from '../../src/timeline/describe.ts';
import type { TimelineEvent } from '../../src/timeline/event.ts';
import type { NodeView, View } from '../../src/timeline/view.ts';

/** Whether something is so, given the view and all events up to now. */
type Condition = (view: View, events: readonly TimelineEvent[]) => boolean;

/** The running leader of the highest term. */
export function leaderOf(view: View): NodeView | undefined {
  const leaders = running(view).filter(({ role }) => role === 'leader');
  return leaders.sort((one, other) => other.term - one.term)[0];
}

function running({ world, nodes }: View): NodeView[] {
  return world.nodes.flatMap((id): NodeView[] => {
    const node = nodes[id];
    return node === undefined || world.machines[id]?.status === 'down' ? [] : [node];
  });
}

/**
 * - `leader`: some running node leads. `no leader`: none does. `another leader`: one that did not lead when the last wait was over.
 * - `n3 leads`, `n3 follows`, `n3 stands`.
 * - `committed 5`, `committed 5 on n2`, `committed 5 on all`: of running nodes.
 * - `entries 5 on n2`, `entries 5 on n2 n3`: how far their logs go, exactly.
 * - `x=5 on all`, `x=5 on n2`: in their stores.
 * - `answered`: no request is pending.
 * - `told “words”`: something that has these words in it has happened since the step began.
 */
export function conditionOf(text: string, leaderBefore: string | undefined, eventsBefore: number): Condition {
  if (text === 'leader') return (view) => leaderOf(view) !== undefined;
  if (text === 'no leader') return (view) => leaderOf(view) === undefined;
  if (text === 'another leader') {
    return (view) => ![undefined, leaderBefore].includes(leaderOf(view)?.id);
  }
  if (text === 'answered') return (view) => view.requests.every(({ fate }) => fate !== undefined);
  const told = /^told “(.+)”$/.exec(text)?.[1];
  if (told !== undefined) return toldSince(told, eventsBefore);
  const [, node = '', does = ''] = /^(n\d+) (leads|follows|stands)$/.exec(text) ?? [];
  if (does !== '') {
    return (view) => roleIn(view, node) === { leads: 'leader', follows: 'follower', stands: 'candidate' }[does];
  }
  const [, index = '', at = 'any'] = /^committed (\d+)(?: on (n\d+|all))?$/.exec(text) ?? [];
  if (index !== '') return ofNodes(at, ({ commitIndex }) => commitIndex >= Number(index));
  const [, length = '', holders = ''] = /^entries (\d+) on ((?:n\d+ ?)+)$/.exec(text) ?? [];
  if (length !== '') {
    const isSo = ({ log }: NodeView): boolean => log.last()?.index === Number(length);
    return (view) => holders.split(' ').every((id) => ofNodes(id, isSo)(view, []));
  }
  const [, key = '', value = '', where = ''] = /^(\w+)=(\w*) on (n\d+|all)$/.exec(text) ?? [];
  if (key !== '') return ofNodes(where, ({ store }) => store.get(key) === (value === '' ? undefined : value));
  throw new Error(`“until ${text}” is not understood`);
}

/** Looks at each event once. */
function toldSince(words: string, eventsBefore: number): Condition {
  let next = eventsBefore;
  let found = false;
  return (_, events) => {
    for (; next < events.length && !found; next += 1) {
      const event = events[next];
      if (event !== undefined && wordsOf(event).text.includes(words)) found = true;
    }
    return found;
  };
}

function roleIn(view: View, id: string): string | undefined {
  return running(view).find((node) => node.id === id)?.role;
}

function ofNodes(which: string, isSo: (node: NodeView) => boolean): Condition {
  return (view) => {
    const nodes = running(view);
    if (which === 'any') return nodes.some(isSo);
    if (which === 'all') return nodes.every(isSo);
    const node = nodes.find(({ id }) => id === which);
    return node !== undefined && isSo(node);
  };
}
