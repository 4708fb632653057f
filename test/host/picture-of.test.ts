import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PICTURE_CHARACTERS, MAX_PICTURE_ENTRIES, MAX_PICTURE_KEYS, pictureOf } from '../../src/host/picture-of.ts';
import type { NodeHost } from '../../src/host/node-host.ts';
import { KvStateMachine } from '../../src/kv/state-machine.ts';
import type { Entry } from '../../src/raft/entry.ts';
import { RaftNode } from '../../src/raft/raft-node.ts';
import { Simulator } from '../../src/sim/simulator.ts';
import { fold, initialView } from '../../src/timeline/fold.ts';
import { initialNode } from '../../src/timeline/fold-node.ts';
import { momentOfReading } from '../../src/timeline/node-clock.ts';
import type { NodePicture } from '../../src/timeline/picture.ts';
import type { View } from '../../src/timeline/view.ts';
import { foldedPortrait, selfPortrait } from '../support/node-states.ts';
import { anyRun } from '../support/random-run.ts';

function picture(host: NodeHost): NodePicture {
  return pictureOf({ core: host.core, store: host.store, momentOf: (reading) => momentOfReading(host.clock, reading) });
}

/** A log of that many entries, all committed and applied, each with a value of that many characters. */
function longLog(count: number, characters: number): { readonly core: RaftNode; readonly store: KvStateMachine } {
  const entries = Array.from({ length: count }, (_, position): Entry => {
    const operation = { type: 'set', key: `key ${position}`, value: 'v'.repeat(characters) };
    const command = { client: 'c1', sequence: position + 1, firstUnanswered: position + 1, operation };
    return { type: 'command', index: position + 1, term: 1, command };
  });
  const raft = {
    id: 'n1',
    members: ['n1'],
    electionTimeoutMinUs: 100,
    electionTimeoutMaxUs: 200,
    heartbeatUs: 50,
    maxEntriesPerAppend: 64,
    maxUncommittedEntries: 1_000,
    preVote: false,
    checkQuorum: false,
    leaderStickiness: false,
    observe: true,
  };
  const core = new RaftNode(raft, { term: 1, votedFor: 'n1', entries }, 1, 0);
  const store = new KvStateMachine();
  for (const entry of entries) store.apply(entry);
  return { core, store };
}

describe('A picture of a node', () => {
  it(
    'folds, without anything before it, into what the node says of itself, and what follows folds on from there',
    { timeout: 60_000 },
    () => {
      let compared = 0;
      fc.assert(
        fc.property(anyRun(), (run) => {
          const simulator = new Simulator({ seed: run.seed, config: run.config });
          const views = new Map<string, View>();
          const compare = (): void => {
            const events = simulator.takeEvents();
            for (const [id, host] of simulator.nodes) {
              const fresh = { ...initialView(run.config), world: simulator.world };
              const known = views.get(id) ?? { ...fresh, nodes: { ...fresh.nodes, [id]: initialNode(id) } };
              const event = {
                atUs: simulator.nowUs,
                actor: id,
                event: { type: 'picture', picture: picture(host) },
              } as const;
              const view = fold(known, views.has(id) ? events : [event]);
              const node = view.nodes[id];
              if (node === undefined) throw new Error(`${id} is not in the view`);
              expect(foldedPortrait(node)).toEqual(selfPortrait(host, simulator.world.nodes));
              views.set(id, view);
              compared += 1;
            }
            for (const id of views.keys()) if (!simulator.nodes.has(id)) views.delete(id);
          };
          for (const { atUs, action } of run.actions) {
            simulator.advance(atUs);
            compare();
            simulator.act(action);
            compare();
          }
          simulator.advance(run.untilUs);
          compare();
        }),
        { numRuns: 60 },
      );
      expect(compared).toBeGreaterThan(1_000);
    },
  );

  it('tells the end of a long log and a part of a large store, and how much it leaves untold', () => {
    const told = pictureOf({ ...longLog(1_500, 5), momentOf: (reading) => reading });
    expect(told.entries).toHaveLength(MAX_PICTURE_ENTRIES);
    expect(told.base).toEqual({ index: 500, term: 1 });
    expect(told.store).toHaveLength(MAX_PICTURE_KEYS);
    expect(told.untold).toEqual({ entries: 500, keys: 500 });
  });

  it('is not much larger than its bound, however large the values are', () => {
    const told = pictureOf({ ...longLog(200, 60_000), momentOf: (reading) => reading });
    expect(JSON.stringify(told).length).toBeLessThan(MAX_PICTURE_CHARACTERS + 200_000);
    expect(told.untold.entries + told.entries.length).toBe(200);
    expect(told.untold.keys + told.store.length).toBe(200);
    expect(told.entries.length).toBeGreaterThan(20);
  });
});
