import { describe, expect, it } from 'vitest';
import { MAX_ADDRESSES } from '../../../src/adapter/transport/node-address.ts';
import {
  answerHeaders,
  introductionHeaders,
  PEER_PROTOCOL,
  readAnswer,
  readIntroduction,
  type Introduction,
} from '../../../src/adapter/transport/handshake.ts';

const n1: Introduction = { clusterId: 'a cluster, ours', id: 'n1', incarnation: 17, addresses: ['localhost:4101'] };
const n2: Introduction = { clusterId: 'a cluster, ours', id: 'n2', incarnation: 18 };

describe('who dials', () => {
  it('is known by its headers, and whoever is dialled by those of its answer', () => {
    expect(readIntroduction(introductionHeaders(n1, 'n2', 'secret'), n2, 'secret')).toEqual(n1);
    expect(readAnswer(answerHeaders(n2), n1)).toEqual(n2);
  });

  it('is known by the first of its addresses to nodes that know of one only, and by all to the others', () => {
    const addresses = ['10.0.0.1:4101', '[fd00::1]:4101', 'n1.example:4101'];
    const headers = introductionHeaders({ ...n1, addresses }, 'n2', undefined);
    expect(headers['Whitewater-Address'.toLowerCase()]).toBe('10.0.0.1:4101');
    expect(readIntroduction(headers, n2, undefined)).toEqual({ ...n1, addresses });
  });

  it('without the token, or with another, learns nothing but that', () => {
    for (const token of [undefined, '', 'secre', 'secret!', 'Bearer secret']) {
      const headers = { ...introductionHeaders(n1, 'n3', token), 'whitewater-cluster': 'theirs' };
      expect(readIntroduction(headers, n2, 'secret'), String(token)).toEqual({
        status: 401,
        sentence: 'n2 asks for the cluster’s token, and this is not it.',
      });
    }
  });

  it.each([
    [426, { 'whitewater-protocol': String(PEER_PROTOCOL + 1) }, 'version'],
    [426, { 'whitewater-protocol': undefined }, 'version'],
    [403, { 'whitewater-cluster': 'theirs' }, 'belongs to cluster'],
    [400, { 'whitewater-node': 'c1' }, 'does not say which node'],
    [400, { 'whitewater-node': '__proto__' }, 'does not say which node'],
    [400, { 'whitewater-incarnation': '-1' }, 'does not say which node'],
    [400, { 'whitewater-address': 'http://localhost' }, 'host:port'],
    [400, { 'whitewater-address': 'localhost:70000' }, 'host:port'],
    [400, { 'whitewater-more-addresses': 'localhost:4102,' }, 'host:port'],
    [400, { 'whitewater-more-addresses': Array(MAX_ADDRESSES).fill('localhost:4102').join() }, 'more than 8'],
    [409, { 'whitewater-node': 'n2' }, 'two nodes that say they are n2'],
    [421, { 'whitewater-target': 'n3' }, 'This is n2'],
  ] as const)('is turned away with %i for %j', (status, change, sentence) => {
    const headers = { ...introductionHeaders(n1, 'n2', undefined), ...change };
    expect(readIntroduction(headers, n2, undefined)).toEqual({
      status,
      sentence: expect.stringContaining(sentence) as string,
    });
  });
});
