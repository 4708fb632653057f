import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ClusterConfig } from '../config/cluster-config.ts';
import { isLoopback, parseHostPort } from '../config/host-port.ts';
import { Problem } from './problem.ts';
import { isToken } from '../token.ts';

/** What decides who may call. */
export type CallerRules = Pick<ClusterConfig, 'token' | 'tls' | 'origins' | 'nodes'>;

/**
 * Why a browser's page may not call, or what makes itself out to be this server may not be: undefined where all is well.
 *
 * A page of the same origin may, those that the configuration names, and, where the server is asked under a name of this
 * machine, those of this machine. Where no token is asked for, the name under which the server is called must be one that
 * it goes by, or a page elsewhere could have its own name point here.
 */
export function pageFault({ headers }: IncomingMessage, rules: CallerRules): Problem | undefined {
  const host = hostOf(headers.host);
  if (rules.token === undefined && !isOwnHost(host, rules)) {
    return new Problem('forbidden-host', 'The Host header names neither this machine nor an address of the cluster.');
  }
  const { origin } = headers;
  if (origin === undefined || isAllowedOrigin(origin, headers.host, rules)) return undefined;
  return new Problem(
    'forbidden-origin',
    'Pages of this origin may not use the cluster: name it in origins to allow it.',
  );
}

function isAllowedOrigin(origin: string, host: string | undefined, { origins, token }: CallerRules): boolean {
  if (origins.includes(origin) || (origins.includes('*') && token !== undefined)) return true;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  // Pages come over HTTP. What else has an origin, such as an extension of a browser, may be called anything.
  if (url === undefined || !/^https?:$/.test(url.protocol)) return false;
  if (url.host !== '' && url.host === host) return true;
  return isLoopback(unbracketed(url.hostname)) && isLoopback(hostOf(host) ?? '');
}

/** Why whoever calls is not let in: undefined where all is well. A verified certificate is as good as the token. */
export function callerFault({ headers, socket }: IncomingMessage, { token, tls }: CallerRules): Problem | undefined {
  if (token === undefined && tls === undefined) return undefined;
  if (token !== undefined && isToken(bearerIn(headers.authorization), token)) return undefined;
  if (tls !== undefined && socket instanceof TLSSocket && socket.authorized) return undefined;
  const needed =
    token === undefined
      ? 'a certificate that the cluster’s authority has signed'
      : 'Authorization: Bearer with the cluster’s token';
  return new Problem('unauthorized', `The request needs ${needed}.`);
}

/** The token of an Authorization header (RFC 6750). */
function bearerIn(header: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

function isOwnHost(host: string | undefined, { nodes }: CallerRules): boolean {
  if (host === undefined) return false;
  if (isLoopback(host)) return true;
  return [...nodes.values()].some(({ addresses, listens }) =>
    [...addresses, ...listens].some((place) => place.host === host),
  );
}

function hostOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return parseHostPort(header)?.host ?? parseHostPort(`${header}:80`)?.host;
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
