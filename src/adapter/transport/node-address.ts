/** A host, which may be an IPv6 address in brackets, and a port. */
const ADDRESS = /^(?:[\w.-]{1,253}|\[[\da-fA-F:.]{2,45}\]):(\d{1,5})$/;
const MAX_PORT = 65_535;

/** Whether that is an address that can be dialled: `host:port`. */
export function isNodeAddress(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const port = Number(ADDRESS.exec(value)?.[1] ?? 0);
  return port > 0 && port <= MAX_PORT;
}
