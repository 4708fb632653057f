import { openBrowserStorage } from '../src/storage/browser-storage.ts';
import { sentenceOfError } from '../src/timeline/error-sentence.ts';
import { MemberHome } from './member-home.ts';
import type { FromMember, ToMember } from './member-protocol.ts';

/** The worker's entry: a member of a real cluster on an IndexedDB database. */
const tell = (message: FromMember): void => postMessage(message);
let starting: Promise<MemberHome | undefined> | undefined;
let home: MemberHome | undefined;

async function start(asked: Extract<ToMember, { readonly type: 'start' }>): Promise<MemberHome | undefined> {
  const { node, cluster, database, hasBegun } = asked;
  try {
    const storage = await openBrowserStorage(database, { cluster, node });
    home = await MemberHome.start(asked, storage, await storage.load(hasBegun), tell);
    tell({ type: 'started' });
  } catch (error) {
    tell({ type: 'failed', sentence: sentenceOfError(error) });
  }
  return home;
}

/** One that is still starting is stopped as soon as it has started. */
async function stop(): Promise<void> {
  try {
    await (await starting)?.stop();
  } finally {
    tell({ type: 'stopped' });
  }
}

addEventListener('message', ({ data }: MessageEvent<ToMember>) => {
  if (data.type === 'start') starting = start(data);
  else if (data.type === 'receive') home?.receive(data.envelope);
  else if (data.type === 'portray') home?.portray();
  else void stop();
});
