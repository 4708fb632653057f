import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { sentenceOfError } from '../../timeline/error-sentence.ts';
import { supervisionVerbs, type Supervision } from '../supervisor/supervision.ts';
import { namedNode } from './named-node.ts';
import { Problem } from './problem.ts';

const verbSchema = v.picklist(supervisionVerbs);

/** What can be done to the processes of a cluster that `whitewater cluster` has started. */
export function addSupervisionRoutes(app: FastifyInstance, supervision: Supervision | undefined): void {
  app.get('/processes', () => ({ processes: supervised(supervision).states() }));
  app.post<{ Params: { readonly node: string; readonly verb: string } }>(
    '/processes/:node/:verb',
    async ({ params }) => {
      const all = supervised(supervision);
      const verb = v.safeParse(verbSchema, params.verb);
      if (!verb.success) throw new Problem('bad-request', `The verb is one of ${supervisionVerbs.join(', ')}.`);
      const node = namedNode(params.node);
      try {
        await all[verb.output](node);
      } catch (error) {
        throw new Problem('supervisor-refused', sentenceOfError(error));
      }
      return { processes: all.states() };
    },
  );
}

function supervised(supervision: Supervision | undefined): Supervision {
  if (supervision !== undefined) return supervision;
  throw new Problem('no-supervisor', 'Nobody supervises this node’s process: whitewater cluster would.');
}
