import { sabotageBook, type SabotageKind, type SabotageNeed } from '../../raft/sabotage-book.ts';
import { sabotageNames, type SabotageName } from '../../raft/sabotage-name.ts';

const kinds: readonly (readonly [kind: SabotageKind, heading: string])[] = [
  ['elections', 'Elections'],
  ['replication', 'Replication'],
  ['membership', 'Membership'],
  ['snapshots', 'Snapshots'],
  ['reads and leases', 'Reads and leases'],
  ['clients', 'Clients'],
];

/** What a person has to switch on, or to do, for a sabotage to show. */
const wordsOfNeeds: Readonly<Record<SabotageNeed, string>> = {
  elections: 'many elections',
  restarts: 'restarts',
  'bare-majority': 'no more than a majority running',
  'slow-disks': 'slow disks and restarts',
  duplicates: 'messages that come twice',
  delays: 'late messages',
  'small-appends': 'one entry an append, without pipelining',
  'even-nodes': 'an even number of nodes',
  membership: 'members that come and go',
  learners: 'learners',
  joint: 'joint configurations',
  'pre-vote': 'pre-vote',
  transfers: 'transfers of the lead',
  snapshots: 'snapshots',
  'read-index': 'reads by read index',
  'follower-reads': 'reads on followers',
  leases: 'leases',
  'long-leases': 'leases',
  drift: 'clocks that drift',
  retries: 'commands that are tried again',
  sessions: 'sessions',
};

interface SabotageSwitchesProps {
  readonly chosen: readonly SabotageName[];
  readonly onChange: (chosen: readonly SabotageName[]) => void;
}

/** Every sabotage as one line that can be ticked: what is wrong, where that stands, and with what it shows. */
export function SabotageSwitches({ chosen, onChange }: SabotageSwitchesProps) {
  const change = (name: SabotageName, checked: boolean): void =>
    onChange(sabotageNames.filter((one) => (one === name ? checked : chosen.includes(one))));
  return (
    <>
      <p className="lead">
        Each makes all nodes break one rule. Most of them show in rough water only: crashes, cuts and elections.
      </p>
      {kinds.map(([kind, heading]) => (
        <fieldset key={kind} className="switches">
          <legend>{heading}</legend>
          {sabotageNames
            .filter((name) => sabotageBook[name].kind === kind)
            .map((name) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={chosen.includes(name)}
                  onChange={({ target }) => change(name, target.checked)}
                />
                <SabotageWords name={name} />
              </label>
            ))}
        </fieldset>
      ))}
    </>
  );
}

function SabotageWords({ name }: { readonly name: SabotageName }) {
  const { sentence, section, needs } = sabotageBook[name];
  return (
    <span>
      {sentence}{' '}
      <span className="note">
        <code>{name}</code>, {section}
        {needs.length > 0 && `; shows with ${needs.map((need) => wordsOfNeeds[need]).join(', ')}`}
      </span>
    </span>
  );
}
