import { describe, expect, it } from 'vitest';
import type { RealTime } from '../../src/cluster/cluster-control.ts';
import { initialView } from '../../src/timeline/fold.ts';
import { defaultRunConfig } from '../../src/timeline/run-config.ts';
import type { ActionGroups } from '../../src/ui/actions/action-item.ts';
import { linkActions, nodeActions } from '../../src/ui/actions/action-list.ts';
import { menuRows } from '../../src/ui/actions/menu-rows.ts';
import { withLimits } from '../../src/ui/actions/real-limits.ts';

const view = initialView(defaultRunConfig);
const links = 'This cluster was not started with --faults: its links are as the network is.';
const machines = 'Real machines are as they are: their disks, their clocks, their pace.';
const real: RealTime = {
  address: 'ws://127.0.0.1:4101',
  cluster: 'local',
  behindUs: 0,
  nodes: [],
  rates: { messages: 0, committed: 0 },
  limits: { links },
};

/** What a menu says beside its labels: a reason in its line, and in brackets what stands above several. */
function told(groups: ActionGroups): readonly string[] {
  const limited = groups.map((group) => withLimits(group, real));
  return menuRows(limited)
    .flat()
    .flatMap(({ entry: { label }, reason, note, saysWhy }) => [
      ...(note === undefined ? [] : [`[${note}]`]),
      reason === undefined ? label : saysWhy ? `${label}: ${reason}` : `(${label})`,
    ]);
}

describe('The menus of a real cluster without --faults', () => {
  it('say of a node once why its links stay as they are, and once why its machine does', () => {
    expect(told(nodeActions(view, 'n2')).slice(5)).toEqual([
      `[${links}]`,
      '(Isolate)',
      '(Heal its links)',
      '(Links)',
      'Membership: Nobody leads, and only a leader changes who belongs to the cluster.',
      'Take a snapshot now: n2 has applied nothing that a snapshot could hold.',
      `[${machines}]`,
      '(Disk)',
      '(Handles messages)',
      '(Clock)',
    ]);
  });

  it('say of a link once, above all of it, why nothing can be done', () => {
    const said = told(linkActions(view, { from: 'n1', to: 'n2' }));
    expect(said[0]).toBe(`[${links}]`);
    expect(said.filter((line) => !line.startsWith('('))).toEqual([`[${links}]`]);
  });
});
