import { useState } from 'react';
import type { RunConfig } from '../../timeline/run-config.ts';
import { MAX_BYTES_LIMIT } from '../../timeline/run-schema.ts';
import { NumberField } from './number-field.tsx';

type LimitName = 'maxInflightBytes' | 'maxBytesPerAppend' | 'maxUncommittedBytes';

/** What the fields hold; empty: there is no such limit. */
export type ReplicationLimits = Readonly<Record<LimitName, string>>;

const offered: readonly (readonly [name: LimitName, label: string])[] = [
  ['maxInflightBytes', 'Under way to one follower'],
  ['maxBytesPerAppend', 'In one append'],
  ['maxUncommittedBytes', 'Uncommitted on the leader'],
];

/** As a config has them. */
export function replicationLimitsOf(config: RunConfig): ReplicationLimits {
  const text = (name: LimitName): string => String(config[name] ?? '');
  return {
    maxInflightBytes: text('maxInflightBytes'),
    maxBytesPerAppend: text('maxBytesPerAppend'),
    maxUncommittedBytes: text('maxUncommittedBytes'),
  };
}

/** Those that are set, as a config takes them. */
export function limitsFrom(limits: ReplicationLimits): Pick<RunConfig, LimitName> {
  const set = offered.filter(([name]) => limits[name] !== '').map(([name]) => [name, Number(limits[name])] as const);
  return Object.fromEntries(set);
}

interface ReplicationLimitFieldsProps {
  readonly limits: ReplicationLimits;
  readonly onChange: (limits: ReplicationLimits) => void;
}

/** How many bytes replication may have in hand, behind a line that opens: few need it. */
export function ReplicationLimitFields({ limits, onChange }: ReplicationLimitFieldsProps) {
  const [isOpen] = useState(() => Object.values(limits).some((limit) => limit !== ''));
  return (
    <details className="more-fields" open={isOpen}>
      <summary>The most bytes</summary>
      <div className="fields">
        {offered.map(([name, label]) => (
          <NumberField
            key={name}
            label={label}
            value={limits[name]}
            min={1}
            max={MAX_BYTES_LIMIT}
            step={1}
            placeholder="no limit"
            onChange={(value) => onChange({ ...limits, [name]: value })}
          />
        ))}
      </div>
    </details>
  );
}
