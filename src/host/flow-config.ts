import { commandBytes } from '../kv/command-size.ts';
import type { RaftConfig } from '../raft/config.ts';
import type { RunConfig } from '../timeline/run-config.ts';

/** How a run's nodes keep what is under way within bounds. What the run leaves out is left out here, and as the core has it. */
export function flowConfigOf(config: RunConfig): Partial<RaftConfig> {
  const { pipelining, probeSilent, eagerCommit, maxInflightMessages } = config;
  const { maxInflightBytes, maxBytesPerAppend, maxUncommittedBytes } = config;
  const inBytes = { maxInflightBytes, maxBytesPerAppend, maxUncommittedBytes };
  const measures = Object.values(inBytes).some((limit) => limit !== undefined);
  const all = { pipelining, probeSilent, eagerCommit, maxInflightMessages, ...inBytes };
  return {
    ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    // Nobody measures what no limit asks for.
    ...(measures && { sizeOf: commandBytes }),
  };
}
