import { parentPort } from 'node:worker_threads';
import { playSeeds } from '../../sim/fuzz/play-seeds.ts';
import { shrink } from '../../sim/fuzz/shrink.ts';
import type { FuzzAnswer, FuzzTask } from './fuzz-task.ts';

// A thread of its own: it plays the seeds that it is given, one task after the other.
const port = parentPort;
port?.on('message', (task: FuzzTask) => {
  port.postMessage(carriedOut(task));
});

function carriedOut(task: FuzzTask): FuzzAnswer {
  switch (task.type) {
    case 'play':
      return { type: 'played', played: playSeeds(task.share.from, task.share.count, task.options) };
    case 'shrink':
      return { type: 'shrunk', shrunk: shrink(task.found.run, task.found.failure) };
  }
}
