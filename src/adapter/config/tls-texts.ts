import { readFile } from 'node:fs/promises';
import type { NodeId } from '../../raft/entry.ts';
import { readFault } from '../file-fault.ts';
import type { TlsFiles } from './cluster-config.ts';

/** What the PEM files hold. */
export interface TlsTexts {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Reads a node's files. `error` is one sentence that names the file. */
export async function readTls(
  { cert, key, ca }: TlsFiles,
  id: NodeId,
): Promise<{ readonly tls: TlsTexts } | { readonly error: string }> {
  const texts: string[] = [];
  for (const path of [cert, key, ca]) {
    const own = path.replaceAll('{id}', id);
    try {
      texts.push(await readFile(own, 'utf8'));
    } catch (error) {
      return { error: `Of tls: ${readFault(own, error)}` };
    }
  }
  const [certText = '', keyText = '', caText = ''] = texts;
  return { tls: { cert: certText, key: keyText, ca: caText } };
}
