/** How many hues there are; terms beyond it cycle. */
export const TERM_HUES = 8;

/** The colour of a term, as a CSS value: hue is the term, everywhere. Term 0, before any election, has no hue. */
export function termColor(term: number): string {
  return term <= 0 ? 'var(--ink-soft)' : `var(--term-${(term - 1) % TERM_HUES})`;
}
