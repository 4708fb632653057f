import type { Fate } from '../../kv/client-message.ts';
import type { Operation, OperationResult } from '../../kv/command.ts';
import { checkOperation } from '../../kv/limits.ts';
import type { MaelstromBody } from './maelstrom-line.ts';

/** Maelstrom's codes of errors. 0 is indefinite: it may have happened, or may yet. The others are definite: it did not. */
export const errorCodes = {
  timeout: 0,
  notSupported: 10,
  temporarilyUnavailable: 11,
  malformedRequest: 12,
  keyDoesNotExist: 20,
  preconditionFailed: 22,
} as const;

function error(code: number, text: string): MaelstromBody {
  return { type: 'error', code, text };
}

/** What a request of the workload lin-kv asks of the store, or the error that answers it. Keys and values are any JSON. */
export function operationOf(
  body: MaelstromBody,
): { readonly operation: Operation } | { readonly answer: MaelstromBody } {
  const lacking = (fieldsOf[body.type] ?? []).find((field) => body[field] === undefined);
  if (lacking !== undefined) return { answer: error(errorCodes.malformedRequest, `${body.type} needs ${lacking}.`) };
  const operation = namedOperation(body);
  if (operation === undefined) {
    return { answer: error(errorCodes.notSupported, `There is no request ${body.type.slice(0, 60)}.`) };
  }
  const fault = checkOperation(operation);
  return fault === undefined ? { operation } : { answer: error(errorCodes.malformedRequest, fault) };
}

const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  read: ['key'],
  write: ['key', 'value'],
  cas: ['key', 'from', 'to'],
};

function namedOperation(body: MaelstromBody): Operation | undefined {
  const { type } = body;
  const text = (field: string): string => JSON.stringify(body[field]);
  switch (type) {
    case 'read':
      return { type: 'get', key: text('key') };
    case 'write':
      return { type: 'set', key: text('key'), value: text('value') };
    case 'cas':
      return { type: 'compare-and-set', key: text('key'), expected: text('from'), value: text('to') };
    default:
      return undefined;
  }
}

/** The answer to a request of that type, from what became of it. */
export function answerOf(type: string, fate: Fate): MaelstromBody {
  switch (fate.type) {
    case 'committed':
      return resultOf(type, fate.result);
    case 'failed':
      return error(errorCodes.temporarilyUnavailable, fate.reason);
    case 'unknown':
      return error(errorCodes.timeout, fate.reason);
  }
}

function resultOf(type: string, result: OperationResult): MaelstromBody {
  switch (result.type) {
    case 'ok':
      if (type !== 'read') return { type: `${type}_ok` };
      if (result.value === undefined) return error(errorCodes.keyDoesNotExist, 'The key does not exist.');
      return { type: 'read_ok', value: JSON.parse(result.value) as unknown };
    case 'mismatch':
      if (result.actual === undefined) return error(errorCodes.keyDoesNotExist, 'The key does not exist.');
      return error(errorCodes.preconditionFailed, `The key holds ${result.actual.slice(0, 200)}.`);
    case 'refused':
    case 'expired':
      return error(errorCodes.temporarilyUnavailable, result.message);
  }
}
