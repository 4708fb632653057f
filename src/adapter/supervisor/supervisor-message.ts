import * as v from 'valibot';
import { supervisionVerbs } from './supervision.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const node = v.string();

const childMessageSchema = v.variant('type', [
  /** It listens, and takes requests. */
  v.strictObject({ type: v.literal('listening'), url: v.string() }),
  /** Who belongs to the cluster, by the configuration of that index, which is committed. */
  v.strictObject({ type: v.literal('members'), index: count, members: v.array(node) }),
  v.strictObject({ type: v.literal('ask'), id: count, verb: v.picklist(supervisionVerbs), node }),
]);

const parentMessageSchema = v.variant('type', [
  /** End in order. */
  v.strictObject({ type: v.literal('stop') }),
  v.strictObject({ type: v.literal('done'), id: count }),
  v.strictObject({ type: v.literal('refused'), id: count, sentence: v.string() }),
  v.strictObject({
    type: v.literal('states'),
    states: v.array(
      v.strictObject({ node, status: v.picklist(['up', 'paused', 'down']), pid: v.optional(v.number()) }),
    ),
  }),
]);

/** What a node's process tells whoever started it. */
export type ChildMessage = v.InferOutput<typeof childMessageSchema>;
/** What a node's process is told by whoever started it. */
export type ParentMessage = v.InferOutput<typeof parentMessageSchema>;

/** Undefined where it is no such message. */
export function readChildMessage(value: unknown): ChildMessage | undefined {
  const parsed = v.safeParse(childMessageSchema, value);
  return parsed.success ? parsed.output : undefined;
}

/** Undefined where it is no such message. */
export function readParentMessage(value: unknown): ParentMessage | undefined {
  const parsed = v.safeParse(parentMessageSchema, value);
  return parsed.success ? parsed.output : undefined;
}
