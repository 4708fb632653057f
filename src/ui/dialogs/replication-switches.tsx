import type { RunConfig } from '../../timeline/run-config.ts';

/** What of replication the dialog offers to change. */
export type ReplicationSwitches = Pick<
  RunConfig,
  'pipelining' | 'maxInflightMessages' | 'probeSilent' | 'eagerCommit' | 'forwarding'
>;

interface ReplicationSwitch {
  readonly name: keyof ReplicationSwitches;
  readonly label: string;
  /** What the switch sets when it is on; off, the field is left out. */
  readonly on: ReplicationSwitches;
}

/** Few enough that a handful of writes fills it. */
const NARROW = 4;

const offered: readonly ReplicationSwitch[] = [
  { name: 'pipelining', label: 'No pipelining: each append waits for its answer', on: { pipelining: false } },
  {
    name: 'maxInflightMessages',
    label: `Narrow window: at most ${NARROW} appends under way to a node (thesis §10.2.1)`,
    on: { maxInflightMessages: NARROW },
  },
  { name: 'probeSilent', label: 'Probe the silent: one append at a time', on: { probeSilent: true } },
  { name: 'eagerCommit', label: 'Eager commit: followers hear of it at once', on: { eagerCommit: true } },
  { name: 'forwarding', label: 'Forwarding: followers hand requests on (thesis §6.2)', on: { forwarding: true } },
];

/** Those of a config that are on. */
export function replicationSwitchesOf(config: RunConfig): ReplicationSwitches {
  return Object.assign({}, ...offered.filter((one) => isOn(config, one)).map(({ on }) => on)) as ReplicationSwitches;
}

interface ReplicationSwitchesProps {
  readonly switches: ReplicationSwitches;
  readonly onChange: (switches: ReplicationSwitches) => void;
}

/** How entries and requests travel: each switch as one line. */
export function ReplicationSwitchList({ switches, onChange }: ReplicationSwitchesProps) {
  const change = (one: ReplicationSwitch, checked: boolean): void => {
    const others = Object.entries(switches).filter(([name]) => name !== one.name);
    onChange({ ...Object.fromEntries(others), ...(checked && one.on) });
  };
  return (
    <fieldset className="switches">
      <legend>Replication</legend>
      {offered.map((one) => (
        <label key={one.name}>
          <input type="checkbox" checked={isOn(switches, one)} onChange={({ target }) => change(one, target.checked)} />
          {one.label}
        </label>
      ))}
    </fieldset>
  );
}

/** A window of any width counts as narrow: it was set. */
function isOn(switches: ReplicationSwitches, { name, on }: ReplicationSwitch): boolean {
  return name === 'maxInflightMessages' ? switches[name] !== undefined : switches[name] === on[name];
}
