import { hostPortText, type HostPort } from '../config/host-port.ts';

/** Why a node cannot listen there, as a sentence; undefined where the error says nothing of that. */
export function portFault(error: unknown, id: string, listen: HostPort): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = hostPortText(listen);
  switch (code) {
    case 'EADDRINUSE':
      return `${id} cannot listen at ${where}: something else does already.`;
    case 'EADDRNOTAVAIL':
      return `${id} cannot listen at ${where}: this machine has no such address.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${id} cannot listen at ${where}: no address is known by that name.`;
    case 'EACCES':
      return `${id} may not listen at ${where}.`;
    default:
      return undefined;
  }
}
