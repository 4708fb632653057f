import * as v from 'valibot';
import { jsonFault } from '../../timeline/json-fault.ts';
import { faultOf } from '../../timeline/schema-fault.ts';
import { Problem } from './problem.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A request's body as text. Throws a Problem where it is none. */
export function textOf(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (!(body instanceof Uint8Array)) throw new TypeError('A body is bytes here.');
  try {
    return decoder.decode(body);
  } catch {
    throw new Problem('not-text', 'The body is not text in UTF-8; nothing was changed.');
  }
}

/** A request's body as what the schema makes of its JSON. Throws a Problem with the place or the field. */
export function jsonOf<Output>(body: unknown, schema: v.GenericSchema<unknown, Output>): Output {
  const text = textOf(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column } = jsonFault(text);
    throw new Problem('bad-request', `The body is not JSON: line ${line}, column ${column}.`);
  }
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new Problem('bad-request', faultOf(parsed.issues, 'The body'));
}
