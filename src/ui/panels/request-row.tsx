import { memo } from 'react';
import { nameOf } from '../../cluster/run-command.ts';
import type { Fate, ReadVia } from '../../kv/client-message.ts';
import type { Operation, OperationResult } from '../../kv/command.ts';
import type { RequestView } from '../../timeline/view.ts';
import { counted } from '../../timeline/words.ts';
import { durationOf } from './format.ts';

/** The height of a request in the list, in pixels. */
export const REQUEST_PX = 44;

export interface RequestRowProps {
  readonly request: RequestView;
  readonly top: number;
  /** The moment shown while the request is pending; else 0. */
  readonly nowUs: number;
  /** Its place in the whole list, from 1, and how many there are. */
  readonly place: number;
  readonly count: number;
}

/** One request: what was asked, what came of it, from whom, after how long. */
export const RequestRow = memo(function RequestRow({ request, top, nowUs, place, count }: RequestRowProps) {
  const { fate, operation, submittedUs, endedUs } = request;
  const name = nameOf(operation);
  const result = fate?.type === 'committed' ? resultWords(operation, fate.result) : '';
  const latency = endedUs === undefined ? Math.max(0, nowUs - submittedUs) : endedUs - submittedUs;
  return (
    <li
      className={`request ${fate?.type ?? 'pending'}`}
      style={{ top }}
      aria-posinset={place}
      aria-setsize={count}
      title={titleOf(request, name)}
    >
      <FateMark fate={fate} />
      <span className="request-name">{name}</span>
      <span className="request-result">{result}</span>
      <span className="request-fate">{fateOf(request)}</span>
      <span className="request-latency">{`${fate === undefined ? 'for ' : ''}${durationOf(latency)}`}</span>
    </li>
  );
});

/** A shape for each fate: waiting dashed, committed ticked, failed crossed, unknown with a question mark. */
function FateMark({ fate }: { readonly fate: Fate | undefined }) {
  return (
    <svg className="fate-mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.5" strokeDasharray={fate === undefined ? '2.5 2.6' : undefined} />
      {fate?.type === 'committed' && <path d="M5 8.2 L7.2 10.4 L11 5.8" />}
      {fate?.type === 'failed' && <path d="M5.5 5.5 L10.5 10.5 M10.5 5.5 L5.5 10.5" />}
      {fate?.type === 'unknown' && <path d="M6.2 6.4 a1.8 1.8 0 1 1 2.6 1.6 q-0.8 0.4 -0.8 1.3 M8 11.2 v0.4" />}
    </svg>
  );
}

function fateOf({ fate, node, attempts }: RequestView): string {
  const asked = attempts > 1 ? `, ${counted(attempts, 'attempt')}` : '';
  switch (fate?.type) {
    case undefined:
      return node === undefined ? 'pending' : `pending, asking ${node}${asked}`;
    case 'committed':
      return fate.via === undefined
        ? `committed at ${fate.index} by ${node ?? 'the cluster'}${asked}`
        : `${readWords(fate.via)} as of ${fate.index} by ${node ?? 'the cluster'}${asked}`;
    case 'failed':
      return `failed: ${fate.reason}${asked}`;
    case 'unknown':
      return `unknown: ${fate.reason}${asked}`;
  }
}

/** A read without the log; one that is sure of nothing says so. */
function readWords(via: ReadVia): string {
  return via === 'stale' ? 'stale, perhaps out of date:' : `read via ${via}`;
}

/** What an operation came to, beyond what was asked. */
function resultWords(operation: Operation, result: OperationResult): string {
  switch (result.type) {
    case 'ok':
      if (operation.type === 'delete') return 'deleted';
      if (operation.type === 'set' || operation.type === 'compare-and-set') return 'written';
      return result.value === undefined ? 'absent' : shortened(result.value);
    case 'mismatch':
      return result.actual === undefined ? 'not written, absent' : `not written, is ${shortened(result.actual)}`;
    case 'refused':
    case 'expired':
      return result.type;
  }
}

function shortened(value: string): string {
  if (value === '') return '""';
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}

/** The whole of it, for what is cut. */
function titleOf(request: RequestView, name: string): string {
  const { fate } = request;
  const refused = fate?.type === 'committed' && fate.result.type === 'refused' ? `\n${fate.result.message}` : '';
  const value =
    fate?.type === 'committed' && fate.result.type === 'ok' ? `\n${(fate.result.value ?? '').slice(0, 500)}` : '';
  return `${name}\n${fateOf(request)}${refused}${value}`;
}
