const codes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOENT',
  'EADDRNOTAVAIL',
]);

/** Whether a request failed because there was never a connection: then it was not and will not be done. */
export function hasReachedNobody({ code }: Error & { readonly code?: string }): boolean {
  return codes.has(code ?? '');
}
