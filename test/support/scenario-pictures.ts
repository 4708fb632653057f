import { isJoint } from '../../src/raft/configuration.ts';
import type { NodeView } from '../../src/timeline/view.ts';

/** A row a node: how far its log is compacted away, the term of each entry, a bar behind the last one that it knows to be committed. */
export function logsAsText(nodes: readonly NodeView[]): readonly string[] {
  return nodes.map(({ id, role, log, base, commitIndex }) => {
    const terms = log.toArray().map(({ index, term }) => `${term}${index === commitIndex ? ' |' : ''}`);
    if (base.index > 0) terms.unshift(`[1 to ${base.index}]${base.index === commitIndex ? ' |' : ''}`);
    return `${id}  ${role.padEnd(13)} ${terms.join(' ')}`.trimEnd();
  });
}

/** A row a node: its keys and values, in order of keys. */
export function storesAsText(nodes: readonly NodeView[]): readonly string[] {
  return nodes.map(({ id, store }) => {
    const pairs = [...store.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
    return `${id}  ${pairs.map(([key, value]) => `${key}=${value}`).join(' ')}`.trimEnd();
  });
}

/** A row a node: by which configuration it goes. */
export function membersAsText(nodes: readonly NodeView[]): readonly string[] {
  return nodes.map(({ id, configuration }) => {
    const { voters, outgoing, learners } = configuration;
    const parts = [`voters ${voters.join(' ') || 'none'}`];
    if (isJoint(configuration)) parts.push(`outgoing ${outgoing.join(' ')}`);
    if (learners.length > 0) parts.push(`learners ${learners.join(' ')}`);
    return `${id}  ${parts.join('; ')}`;
  });
}
