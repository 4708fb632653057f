/** A host, which may be an IPv6 address in brackets, and a port. */
const ADDRESS = /^(?:[\w.-]{1,253}|\[[\da-fA-F:.]{2,45}\]):(\d{1,5})$/;
const MAX_PORT = 65_535;

/** The most addresses of one node. */
export const MAX_ADDRESSES = 8;

/** Whether that is an address that can be dialled: `host:port`. */
function isNodeAddress(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const port = Number(ADDRESS.exec(value)?.[1] ?? 0);
  return port > 0 && port <= MAX_PORT;
}

/** Whether those are the addresses of one node: one at least, {@link MAX_ADDRESSES} at most. */
export function areNodeAddresses(values: readonly unknown[]): values is readonly string[] {
  return values.length > 0 && values.length <= MAX_ADDRESSES && values.every(isNodeAddress);
}
