import { hostPortText, type HostPort } from '../config/host-port.ts';

/** Why a node cannot listen at one of these places, as a sentence; undefined where the error says nothing of that. */
export function portFault(error: unknown, id: string, listens: readonly HostPort[]): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const where = placesIn(error, listens).map(hostPortText).join(' or ');
  switch (error.code) {
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

/** Which it was; all of them where the error does not tell, as that of a name does not. */
function placesIn(error: Error, listens: readonly HostPort[]): readonly HostPort[] {
  const [address, port] = ['address' in error && error.address, 'port' in error && error.port];
  const failed = listens.filter((place) => place.host === address && place.port === port);
  return failed.length > 0 ? failed : listens;
}
