import { latePart } from '../late-part.ts';

/** What checks the run. It comes a moment after the ring, and what is played from a link waits for it. */
export const checksWatch = latePart(
  'What checks the run',
  async () => (await import('./checks-watch.tsx')).ChecksWatch,
);
