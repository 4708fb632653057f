import { closestWord } from '../../cluster/closest-word.ts';

/** A sentence that names what was probably meant, with a space before it; empty where nothing is near. Case does not count. */
export function didYouMean(typed: string, names: readonly string[]): string {
  const near = closestWord(
    typed,
    names.map((name) => name.toLowerCase()),
  );
  const meant = names.find((name) => name.toLowerCase() === near);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}
