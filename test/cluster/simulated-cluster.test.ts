import { createSimulatedCluster } from '../../src/cluster/simulated-cluster.ts';
import { describeClusterControl, type Heard } from './acceptance.ts';

describeClusterControl({
  name: 'A cluster in the simulator',
  open: async () => {
    const control = createSimulatedCluster();
    const heard: Heard[] = [];
    control.subscribe((update) => {
      const events = update.type === 'events' ? update.events.length : 0;
      heard.push({ type: update.type, events, message: update.type === 'notice' ? update.message : undefined });
    });
    return { control, heard: () => Promise.resolve(heard) };
  },
});
