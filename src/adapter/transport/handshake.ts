import type { IncomingHttpHeaders } from 'node:http';
import type { NodeId } from '../../raft/entry.ts';
import { isToken } from '../token.ts';
import { areNodeAddresses, MAX_ADDRESSES } from './node-address.ts';
import { isNodeName } from './node-name.ts';

/** The version of what nodes say to each other. Two that speak different ones do not talk. */
export const PEER_PROTOCOL = 1;
/** Where a node listens for its peers, on the port that it has for all else. */
export const PEER_PATH = '/peer';

/** Who a node is, as it says when it dials another. */
export interface Introduction {
  readonly clusterId: string;
  readonly id: NodeId;
  /** When it started, milliseconds since 1970: tells one life of a node from another. */
  readonly incarnation: number;
  /** Where it listens, `host:port` each, the first to be tried first; left out where nobody can dial it. */
  readonly addresses?: readonly string[] | undefined;
}

/** Why a node hangs up on who dials it: the status of HTTP for it, and a sentence. */
export interface Rejection {
  readonly status: 400 | 401 | 403 | 409 | 421 | 426 | 503;
  readonly sentence: string;
}

const PROTOCOL = 'whitewater-protocol';
const CLUSTER = 'whitewater-cluster';
const NODE = 'whitewater-node';
const TARGET = 'whitewater-target';
const INCARNATION = 'whitewater-incarnation';
const ADDRESS = 'whitewater-address';
/** Apart from the first, which nodes understand that know of no more than one. */
const MORE_ADDRESSES = 'whitewater-more-addresses';

/** The headers with which `self` dials `target`. */
export function introductionHeaders(
  self: Introduction,
  target: NodeId,
  token: string | undefined,
): Readonly<Record<string, string>> {
  const [address, ...more] = self.addresses ?? [];
  return {
    ...answerHeaders(self),
    [TARGET]: target,
    ...(address !== undefined && { [ADDRESS]: address }),
    ...(more.length > 0 && { [MORE_ADDRESSES]: more.join(',') }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

/** The headers with which a node that is dialled says who it is. */
export function answerHeaders(self: Introduction): Readonly<Record<string, string>> {
  return {
    [PROTOCOL]: String(PEER_PROTOCOL),
    [CLUSTER]: encodeURIComponent(self.clusterId),
    [NODE]: self.id,
    [INCARNATION]: String(self.incarnation),
  };
}

/** Who dials, or why it is not heard. What is secret is looked at first, so that a stranger learns nothing else. */
export function readIntroduction(
  headers: IncomingHttpHeaders,
  self: Introduction,
  token: string | undefined,
): Introduction | Rejection {
  if (token !== undefined && !isToken(bearerOf(headers), token)) {
    return { status: 401, sentence: `${self.id} asks for the cluster’s token, and this is not it.` };
  }
  const other = readAnswer(headers, self);
  if ('status' in other) return other;
  if (headers[TARGET] !== self.id) {
    return { status: 421, sentence: `This is ${self.id}, and ${other.id} dialled another: its address is wrong.` };
  }
  const address = headers[ADDRESS];
  if (address === undefined) return other;
  const more = headers[MORE_ADDRESSES];
  const addresses: readonly unknown[] = [address, ...(typeof more === 'string' ? more.split(',') : [])];
  if (!areNodeAddresses(addresses)) {
    return {
      status: 400,
      sentence: `${other.id} gives no addresses of the form host:port, or more than ${MAX_ADDRESSES}.`,
    };
  }
  return { ...other, addresses };
}

/** Who was dialled, by the headers of its answer, or why it is not to be talked to. */
export function readAnswer(headers: IncomingHttpHeaders, self: Introduction): Introduction | Rejection {
  if (headers[PROTOCOL] !== String(PEER_PROTOCOL)) {
    const sentence = `${self.id} speaks version ${PEER_PROTOCOL} of the protocol between nodes, and the other does not: they need the same version of the program.`;
    return { status: 426, sentence };
  }
  if (headers[CLUSTER] !== encodeURIComponent(self.clusterId)) {
    return {
      status: 403,
      sentence: `${self.id} belongs to cluster ${JSON.stringify(self.clusterId)}, and the other does not.`,
    };
  }
  const id = headers[NODE];
  const incarnation = Number(headers[INCARNATION]);
  if (!isNodeName(id) || !Number.isSafeInteger(incarnation) || incarnation < 0) {
    return { status: 400, sentence: 'The other does not say which node it is.' };
  }
  if (id === self.id) return { status: 409, sentence: `There are two nodes that say they are ${id}.` };
  return { clusterId: self.clusterId, id, incarnation };
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | undefined {
  return authorization?.startsWith('Bearer ') === true ? authorization.slice('Bearer '.length) : undefined;
}
