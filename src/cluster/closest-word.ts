/**
 * The word that was probably meant: one that begins with what was typed, or the one with the fewest slips (a letter
 * wrong, missing, too many, or two swapped), if there are few for its length.
 */
export function closestWord(typed: string, words: readonly string[]): string | undefined {
  const lower = typed.toLowerCase();
  if (lower.length === 0) return undefined;
  const begun = words.filter((word) => word.startsWith(lower));
  if (begun[0] !== undefined && lower.length >= 2) return begun[0];
  const most = lower.length <= 3 ? 1 : 2;
  let best: { readonly word: string; readonly slips: number } | undefined;
  for (const word of words) {
    const slips = slipsBetween(lower, word);
    if (slips <= most && (best === undefined || slips < best.slips)) best = { word, slips };
  }
  return best?.word;
}

/** Damerau-Levenshtein distance (restricted: no letter is moved twice). */
function slipsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let slips = Math.min(cell(row - 1, column) + 1, cell(row, column - 1) + 1, cell(row - 1, column - 1) + same);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) slips = Math.min(slips, cell(row - 2, column - 2) + 1);
      current.push(slips);
    }
  }
  return cell(a.length, b.length);
}
