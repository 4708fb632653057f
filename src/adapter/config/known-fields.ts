/**
 * The fields that a schema of valibot knows at a path: of the object there, or none. The library has no public way to ask,
 * so what a schema is made of is looked at as plain data.
 */
export function knownFields(schema: unknown, path: readonly unknown[]): readonly string[] {
  let at: unknown = objectIn(schema);
  for (const key of path) {
    const entries = fieldOf(at, 'entries');
    at = objectIn(entries === undefined ? fieldOf(at, 'value') : fieldOf(entries, String(key)));
  }
  const entries = fieldOf(at, 'entries');
  return typeof entries === 'object' && entries !== null ? Object.keys(entries) : [];
}

/** The schema inside what may be left out or is more than its shape. */
function objectIn(schema: unknown): unknown {
  const wrapped = fieldOf(schema, 'wrapped');
  if (wrapped !== undefined) return objectIn(wrapped);
  const pipe = fieldOf(schema, 'pipe');
  const steps: readonly unknown[] = Array.isArray(pipe) ? pipe : [];
  const shape = steps.find((step) => fieldOf(step, 'entries') !== undefined);
  return shape ?? schema;
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
