import { afterEach } from 'vitest';
import { describeClusterControl, type Heard } from '../../cluster/acceptance.ts';
import { AttachedNodes } from './attached-nodes.ts';

const opened: AttachedNodes[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((nodes) => nodes.end()));
});

describeClusterControl({
  name: 'A cluster of real nodes',
  isReal: true,
  open: async () => {
    const nodes = new AttachedNodes(['n1', 'n2', 'n3']);
    opened.push(nodes);
    await nodes.begin();
    const control = await nodes.attach();
    const heard: Heard[] = [];
    control.subscribe((update) => {
      const events = update.type === 'events' ? update.events.length : 0;
      heard.push({ type: update.type, events, message: update.type === 'notice' ? update.message : undefined });
    });
    return { control, heard: () => Promise.resolve(heard) };
  },
});
