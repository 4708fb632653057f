// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNodeItems, leaveJointAction, membershipActions } from '../../src/ui/actions/membership-actions.ts';
import { usePlayground } from '../../src/ui/hooks.ts';
import { AddNode } from '../../src/ui/stage/add-node.tsx';
import { layOut } from '../../src/ui/stage/geometry.ts';
import { StageDrawing } from '../../src/ui/stage/stage-drawing.tsx';
import { nodeFacts } from '../../src/ui/stage/node-facts.ts';
import { voteShare } from '../../src/ui/stage/node-membership.ts';
import { explainPlace } from '../../src/ui/panels/log-words.tsx';
import { presentConfiguration } from '../../src/timeline/membership.ts';
import type { View } from '../../src/timeline/view.ts';
import { drawScreen, type TestScreen } from './screen.tsx';

/** The ring as it is drawn in a window of this size: there is no layout in happy-dom. */
function Ring() {
  const nodes = usePlayground(({ view: shown }) => shown.world.nodes);
  const scene = layOut(nodes, ['c1'], { x: 0, y: 0, width: 900, height: 600 });
  return (
    <>
      <StageDrawing scene={scene} tabStop="n1" drag={undefined} />
      <AddNode />
    </>
  );
}

let screen: TestScreen;
beforeEach(async () => {
  screen = await drawScreen(<Ring />);
  await screen.playTo(1_000);
});
afterEach(() => screen.dispose());

const view = (): View => screen.playground.store.getState().view;
const mark = (node: string): Element | null => screen.root.querySelector(`[data-node=${node}]`);
const offered = (node: string): readonly string[] =>
  membershipActions(view(), node).map(({ label, reason }) => (reason === undefined ? label : `(${label}) ${reason}`));
const facts = (node: string): string => {
  const shown = view().nodes[node];
  if (shown === undefined) throw new Error(`There is no ${node}.`);
  return nodeFacts(shown, view().world.machines[node], view().atUs, presentConfiguration(view())).join(' ');
};
async function goOn(ms = 400): Promise<void> {
  await screen.playTo(view().atUs / 1_000 + ms);
}

describe('The ring', () => {
  it('takes in a node by a button beside it, and draws a learner and an outsider as what they are', async () => {
    const button = [...screen.root.querySelectorAll('button')].find((one) => one.textContent === 'Add a node') ?? null;
    await screen.click(button);
    await goOn();
    expect(mark('n6')?.getAttribute('data-membership')).toBe('voter');
    await screen.control.addNode({ voter: false });
    await goOn();
    await screen.control.act({ type: 'start-node', node: 'n8' });
    await goOn();
    expect(mark('n7')?.getAttribute('data-membership')).toBe('learner');
    expect(mark('n7')?.querySelector('.node-learning')).not.toBeNull();
    expect(mark('n7')?.getAttribute('aria-label')).toMatch(/, learner, /);
    expect(mark('n8')?.getAttribute('data-membership')).toBe('outsider');
    expect(mark('n8')?.getAttribute('aria-label')).toMatch(/, outside, /);
  });

  it('shows both majorities of a joint configuration, in words in its middle and on each that votes in one', async () => {
    expect(screen.root.querySelector('.joint-caption')).toBeNull();
    await screen.control.changeMembers(['n1', 'n2', 'n6'], { leavesByItself: false });
    await goOn();
    expect(screen.text('.joint-caption')).toBe('Joint (§6)Old: 3 of n1 n2 n3 n4 n5New: 2 of n1 n2 n6');
    const halves = (node: string): readonly (string | null)[] =>
      [...(mark(node)?.querySelectorAll('.joint-half') ?? [])].map((half) => half.getAttribute('class'));
    expect(halves('n1')).toEqual(['joint-half old', 'joint-half']);
    expect(halves('n4')).toEqual(['joint-half old']);
    expect(halves('n6')).toEqual(['joint-half']);
    expect(facts('n6')).toContain('It votes in the new configuration alone. Nothing is agreed without 3 of');
    await screen.control.leaveJoint();
    await goOn(100);
    expect(screen.root.querySelector('.joint-half')).toBeNull();
  });
});

describe('The menus', () => {
  it('offer what can become of a node, and say why not', async () => {
    expect(offered('n2')).toEqual(['Take its vote', 'Remove it']);
    expect(leaveJointAction(view())).toEqual([]);
    await screen.control.addNode({ voter: false });
    await screen.frame();
    expect(offered('n6')).toEqual([
      '(Give it a vote) The change before it is not committed yet.',
      '(Remove it) The change before it is not committed yet.',
    ]);
    expect(addNodeItems(view()).map(({ reason }) => reason)).toEqual([
      'The change before it is not committed yet.',
      'The change before it is not committed yet.',
    ]);
    await goOn();
    expect(offered('n6')).toEqual(['Give it a vote', 'Remove it']);
    expect(addNodeItems(view())).toEqual([
      { label: 'Add a node', command: { type: 'add-node', node: undefined, voter: true }, reason: undefined },
      { label: 'Add a learner', command: { type: 'add-node', node: undefined, voter: false }, reason: undefined },
    ]);
    await screen.control.removeNode('n6');
    await goOn(100);
    expect(offered('n6')).toEqual(['Let it in', 'Let it in to learn']);
    await screen.control.changeMembers(['n1', 'n2', 'n3'], { leavesByItself: false });
    await goOn();
    expect(leaveJointAction(view()).map(({ label, reason }) => [label, reason])).toEqual([
      ['Leave the joint configuration', undefined],
    ]);
  });

  it('say that nobody leads, where nobody does', async () => {
    await screen.control.reset({ nodes: 3 });
    await screen.frame();
    const sentence = 'Nobody leads, and only a leader changes who belongs to the cluster.';
    expect(offered('n2')).toEqual([`(Take its vote) ${sentence}`, `(Remove it) ${sentence}`]);
    expect(addNodeItems(view()).map(({ reason }) => reason)).toEqual([sentence, sentence]);
  });
});

describe('The words', () => {
  it('say of a node what it is to the cluster', async () => {
    expect(facts('n2')).toContain('One of 5 voters: 3 decide.');
    await screen.control.addNode({ voter: false });
    await goOn();
    expect(facts('n6')).toContain('It gets the log and has no vote (thesis §4.2.1).');
    expect(facts('n6')).not.toContain('Election timer');
    await screen.control.act({ type: 'start-node', node: 'n7' });
    await screen.frame();
    expect(facts('n7')).toContain('It belongs to no cluster, and waits for a leader to write to it.');
    const leader = (await screen.control.status()).leader ?? 'n1';
    const other = leader === 'n2' ? 'n3' : 'n2';
    await screen.control.removeNode(other);
    await goOn(60);
    expect(facts(other)).toContain('It was removed and has not been told: it may stand for election (thesis §4.2.3).');
  });

  it('say of a configuration in a log who its members are', async () => {
    await screen.control.addNode({ voter: false });
    await goOn();
    expect(explainPlace(view(), 'n6', 2)[0]).toBe(
      'Entry 2 of term 1: the members are n1, n2, n3, n4 and n5, with n6 learning',
    );
  });
});

it('the water in a candidate rises with the votes of the majority that lacks more', () => {
  const votes = { n1: true, n2: true, n3: false, n9: true };
  const of = (voters: readonly string[], outgoing: readonly string[] = []): number =>
    voteShare({ configuration: { voters, outgoing, learners: [], leavesByItself: false }, votes });
  expect(of(['n1', 'n2', 'n3', 'n4', 'n5'])).toBeCloseTo(2 / 3);
  expect(of(['n1', 'n2', 'n3'])).toBe(1);
  expect(of(['n1', 'n2', 'n3'], ['n3', 'n4', 'n1'])).toBe(0.5);
});
