import { isMap, isNode, isScalar, isSeq, type Document, type LineCounter } from 'yaml';

/** Line and column, from 1. */
export interface YamlPlace {
  readonly line: number;
  readonly col: number;
}

/**
 * Where the value at a path stands in a document; where it stands nowhere, the innermost whole that does. With `atKey` it is
 * the place of the last key instead of its value. A key that a short form only implies (an address alone, for the object that
 * holds it) is passed over.
 */
export function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly unknown[],
  atKey: boolean,
): YamlPlace {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      offset = offsetOf(isLast && atKey ? pair.key : (pair.value ?? pair.key)) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
      offset = offsetOf(node) ?? offset;
    }
  }
  return lines.linePos(offset);
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
