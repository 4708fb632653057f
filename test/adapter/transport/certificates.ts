import { generate } from 'selfsigned';
import type { PeerTls } from '../../../src/adapter/transport/dialer.ts';

const altNames = [{ type: 7 as const, ip: '127.0.0.1' }];

/** Certificates for loopback: two that one authority has signed, and one that signed itself. */
export async function certificates(): Promise<{
  readonly n1: PeerTls;
  readonly n2: PeerTls;
  readonly stranger: PeerTls;
}> {
  const authority = await generate([{ name: 'commonName', value: 'the authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
  const signed = async (name: string): Promise<PeerTls> => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
      extensions: [{ name: 'subjectAltName', altNames }],
    });
    return { cert, key, ca: authority.cert };
  };
  const stranger = await generate([{ name: 'commonName', value: 'n3' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return {
    n1: await signed('n1'),
    n2: await signed('n2'),
    stranger: { cert: stranger.cert, key: stranger.private, ca: stranger.cert },
  };
}
