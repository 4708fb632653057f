import { ClusterError, type ClusterControl } from '../cluster/cluster-control.ts';
import { exportHtml } from '../timeline/export-html.ts';
import { exportNdjson } from '../timeline/export-ndjson.ts';
import { formatRun, MAX_RUN_BYTES, parseRun } from '../timeline/run-file.ts';
import type { Playground } from './store.ts';
import { byteCount } from '../timeline/words.ts';

/** Plays the run in a file again. Rejects with one sentence where the file is none. */
export async function openRunFile(control: ClusterControl, file: File): Promise<void> {
  // Looked at before it is read: a file may be larger than the memory.
  if (file.size > MAX_RUN_BYTES) {
    throw new ClusterError(`${file.name} is larger than a run may be: the limit is ${byteCount(MAX_RUN_BYTES)}.`);
  }
  const parsed = parseRun(await file.text());
  if ('error' in parsed) throw new ClusterError(`${file.name}: ${parsed.error}`);
  await control.load(parsed.run);
  await control.play();
}

/** Saves the run, which can be opened and played again. */
export async function saveRun(control: ClusterControl): Promise<void> {
  const run = await control.run();
  download(`whitewater-${run.seed}.run.json`, 'application/json', [formatRun(run)]);
}

/** Saves what the timeline holds, an event a line. */
export function saveTimelineNdjson({ timeline, seed }: Pick<Playground, 'timeline' | 'seed'>): void {
  download(`whitewater-${seed}.timeline.ndjson`, 'application/x-ndjson', exportNdjson(timeline, { seed }));
}

/** Saves what the timeline holds as a page that opens by itself. */
export function saveTimelineHtml({ timeline, seed }: Pick<Playground, 'timeline' | 'seed'>): void {
  download(`whitewater-${seed}.timeline.html`, 'text/html', exportHtml(timeline, { seed }));
}

/** Gives the browser a file to save, piece by piece. */
function download(name: string, type: string, pieces: Iterable<string>): void {
  const url = URL.createObjectURL(new Blob([...pieces], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the address up in its own time; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
