import type * as v from 'valibot';

/** The longest piece of what was found that a sentence repeats. */
const MAX_FOUND = 60;

/** The first thing that a schema has against a value, as one sentence: the field, what it must be, what it is. */
export function faultOf(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]], whole: string): string {
  const [issue] = issues;
  const path = pathOf(issue) || whole;
  if (issue.expected === 'never') return `${path} is not a known field.`;
  if (issue.received === 'undefined') return `${path} is missing.`;
  // What a whole must have is not explained by what it is.
  if (issue.message.startsWith('must have')) return `${path} ${issue.message}.`;
  return `${path} ${issue.message}, but is ${found(issue.input)}.`;
}

/** `actions[3].action.node`; empty for the value itself. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  let path = '';
  for (const { key } of issue.path ?? []) {
    if (typeof key === 'number') path += `[${key}]`;
    else path += path === '' ? String(key) : `.${String(key)}`;
  }
  return path.length > MAX_FOUND * 2 ? `${path.slice(0, MAX_FOUND * 2)}…` : path;
}

function found(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_FOUND ? `${text.slice(0, MAX_FOUND)}…` : text;
}
