import * as v from 'valibot';
import { anyMoment, anyText, configurationSchema, entrySchema, maybe, whole, yesOrNo } from './message-schema.ts';
import type { NodePicture } from './picture.ts';
import { nodeName } from './run-schema.ts';

const place = { index: whole, term: whole };
const chunk = { index: whole, heldBytes: whole, totalBytes: whole };

const progress = v.object({
  nextIndex: whole,
  matchIndex: whole,
  state: v.picklist(['probe', 'replicate', 'snapshot']),
  inFlight: v.object({ messages: whole, bytes: whole }),
  sending: v.exactOptional(v.object(chunk)),
});

/** A node as another machine tells of it. */
export const pictureSchema: v.GenericSchema<unknown, NodePicture> = v.object({
  role: v.picklist(['follower', 'pre-candidate', 'candidate', 'leader']),
  term: whole,
  votedFor: maybe(nodeName),
  leader: maybe(nodeName),
  votes: v.record(nodeName, yesOrNo),
  configuration: configurationSchema,
  base: v.object(place),
  entries: v.array(entrySchema),
  snapshot: maybe(v.object({ ...place, bytes: whole })),
  receiving: maybe(v.object({ ...chunk, from: nodeName })),
  durableIndex: whole,
  disk: v.object({ term: whole, votedFor: maybe(nodeName) }),
  commitIndex: whole,
  lastApplied: whole,
  progress: v.record(nodeName, progress),
  deadlineUs: anyMoment,
  transferTo: maybe(nodeName),
  waitingReads: whole,
  lease: v.object({
    heldUntilUs: maybe(anyMoment),
    promisedUntilUs: maybe(anyMoment),
    waitUntilUs: maybe(anyMoment),
  }),
  store: v.array(v.tuple([anyText, anyText])),
  halted: maybe(anyText),
  untold: v.object({ entries: whole, keys: whole }),
});
