import type { Call, HistoryOperation, Outcome, Value } from '../linearizability/history.ts';

/** The value as a person reads it: texts in quotes, nothing as nil. */
function valueWords(value: Value): string {
  if (value === undefined) return 'nil';
  if (typeof value === 'object') return value.literal;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** What was asked and what came of it: `read → 3`, `cas 1 2 → refused`. */
export function operationWords({ call, outcome }: HistoryOperation): string {
  const asked = callWords(call);
  const answer = outcomeWords(outcome);
  return answer === '' ? asked : `${asked} → ${answer}`;
}

function callWords(call: Call): string {
  switch (call.type) {
    case 'read':
    case 'delete':
      return call.type;
    case 'write':
    case 'append':
      return `${call.type} ${valueWords(call.value)}`;
    case 'compare-and-set':
      return `cas ${valueWords(call.expected)} ${valueWords(call.value)}`;
  }
}

function outcomeWords(outcome: Outcome): string {
  switch (outcome.type) {
    case 'ok':
      return '';
    case 'saw':
      return valueWords(outcome.value);
    case 'mismatch':
      return 'refused';
    case 'found':
      return `refused, found ${valueWords(outcome.value)}`;
    case 'none':
      return 'failed';
    case 'unknown':
      return 'unknown';
  }
}
