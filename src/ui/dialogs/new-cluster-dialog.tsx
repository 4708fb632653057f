import { Dialog } from 'radix-ui';
import { type SyntheticEvent, useState } from 'react';
import { leasesToSee, sessionsToSee, snapshotsToSee, type RunConfig } from '../../timeline/run-config.ts';
import { MAX_SEED } from '../../timeline/run.ts';
import { NOT_THROWN_AWAY } from '../../cluster/remote/unreal-actions.ts';
import { useHand, usePlayground, useShown } from '../hooks.ts';
import type { SabotageName } from '../../raft/sabotage-name.ts';
import { Late } from '../late.tsx';
import { latePart } from '../late-part.ts';
import { NumberField } from './number-field.tsx';
import { limitsFrom, ReplicationLimitFields, replicationLimitsOf } from './replication-limits.tsx';
import { ReplicationSwitchList, replicationSwitchesOf } from './replication-switches.tsx';

type Switches = Pick<Partial<RunConfig>, 'preVote' | 'checkQuorum' | 'leaderStickiness'>;

const switchLabels: readonly (readonly [name: keyof Switches, label: string])[] = [
  ['preVote', 'Pre-vote: ask before standing (thesis §9.6)'],
  ['checkQuorum', 'Check-quorum: a leader nobody hears steps down (thesis §6.2)'],
  ['leaderStickiness', 'Stickiness: whoever hears a leader elects no other (thesis §4.2.3)'],
];

/** Throws the cluster away and starts another, of a chosen size, from a chosen seed. */
export function NewClusterDialog() {
  const [isOpen, setOpen] = useState(false);
  const hand = useHand();
  const isReal = usePlayground(({ clock }) => clock.real !== undefined);
  useShown('new-cluster', () => {
    if (isReal) hand.notify('info', NOT_THROWN_AWAY);
    else setOpen(true);
  });
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog">
          <Dialog.Title>New cluster</Dialog.Title>
          <Dialog.Description className="lead">
            This one is thrown away, with its disks. Save its run first if you want it back.
          </Dialog.Description>
          <NewClusterForm onDone={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function NewClusterForm({ onDone }: { readonly onDone: () => void }) {
  const hand = useHand();
  const control = usePlayground((playground) => playground.control);
  const config = usePlayground((playground) => playground.config);
  const presentSeed = usePlayground((playground) => playground.seed);
  const [nodes, setNodes] = useState(String(config.nodes));
  const [seed, setSeed] = useState(String(presentSeed));
  const [switches, setSwitches] = useState<Switches>(() =>
    Object.fromEntries(switchLabels.map(([name]) => [name, config[name] === true])),
  );
  const [replication, setReplication] = useState(() => replicationSwitchesOf(config));
  const [limits, setLimits] = useState(() => replicationLimitsOf(config));
  const [snapshots, setSnapshots] = useState(config.snapshot !== undefined);
  const [leases, setLeases] = useState(config.leases !== undefined);
  const [sessions, setSessions] = useState(config.sessions !== undefined);
  const [sabotages, setSabotages] = useState(config.sabotages ?? []);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    hand.rewind(undefined);
    hand.attempt(async () => {
      const config: Partial<RunConfig> = {
        ...switches,
        ...replication,
        ...limitsFrom(limits),
        ...(snapshots && { snapshot: snapshotsToSee }),
        ...(leases && { leases: leasesToSee, reads: 'lease' }),
        ...(sessions && { sessions: sessionsToSee }),
        ...(sabotages.length > 0 && { sabotages }),
      };
      await control.reset({ nodes: Number(nodes), seed: Number(seed), config });
      await control.play();
    });
    onDone();
  };
  return (
    <form onSubmit={submit}>
      <div className="fields">
        <NumberField label="Nodes (1 to 9)" value={nodes} min={1} max={9} step={1} onChange={setNodes} />
        <NumberField
          label="Seed (same seed, same run)"
          value={seed}
          min={0}
          max={MAX_SEED}
          step={1}
          onChange={setSeed}
        />
      </div>
      <fieldset className="switches">
        <legend>Elections</legend>
        {switchLabels.map(([name, label]) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={switches[name] === true}
              onChange={({ target }) => setSwitches({ ...switches, [name]: target.checked })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <ReplicationSwitchList switches={replication} onChange={setReplication} />
      <ReplicationLimitFields limits={limits} onChange={setLimits} />
      <fieldset className="switches">
        <legend>Logs</legend>
        <label>
          <input type="checkbox" checked={snapshots} onChange={({ target }) => setSnapshots(target.checked)} />
          Snapshots: every 20 entries the log is compacted (§7)
        </label>
      </fieldset>
      <fieldset className="switches">
        <legend>Clients</legend>
        <label>
          <input type="checkbox" checked={leases} onChange={({ target }) => setLeases(target.checked)} />
          Leases: a leader answers reads by itself for 200 ms (thesis §6.4.1)
        </label>
        <label>
          <input type="checkbox" checked={sessions} onChange={({ target }) => setSessions(target.checked)} />
          Sessions expire after 10 idle seconds (thesis §6.3)
        </label>
      </fieldset>
      <SabotageFold chosen={sabotages} onChange={setSabotages} />
      <div className="form-buttons">
        <button
          type="button"
          className="button quiet"
          onClick={() => setSeed(String(Math.floor(Math.random() * MAX_SEED)))}
        >
          Draw a seed
        </button>
        <Dialog.Close asChild>
          <button type="button" className="button">
            Keep this one
          </button>
        </Dialog.Close>
        <button type="submit" className="button primary">
          Start
        </button>
      </div>
    </form>
  );
}

const sabotageSwitches = latePart(
  'The rules that can be broken',
  async () => (await import('./sabotage-switches.tsx')).SabotageSwitches,
);

interface SabotageFoldProps {
  readonly chosen: readonly SabotageName[];
  readonly onChange: (chosen: readonly SabotageName[]) => void;
}

/** The rules that can be broken, folded away until somebody looks for them. */
function SabotageFold({ chosen, onChange }: SabotageFoldProps) {
  const [isOpen, setOpen] = useState(chosen.length > 0);
  const toggled = ({ currentTarget }: SyntheticEvent<HTMLDetailsElement>): void => {
    setOpen(currentTarget.open);
    // It is the last of the form, and what it unfolds would be below the edge.
    if (currentTarget.open && !isOpen) currentTarget.scrollIntoView({ block: 'start' });
  };
  return (
    <details className="fold" open={isOpen} onToggle={toggled}>
      <summary>Break rules on purpose{chosen.length > 0 && ` (${chosen.length})`}</summary>
      <Late part={sabotageSwitches} isTime={isOpen} isPlace={isOpen}>
        {(SabotageSwitches) => <SabotageSwitches chosen={chosen} onChange={onChange} />}
      </Late>
    </details>
  );
}
