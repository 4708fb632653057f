/** The width of a column and of the names beside them, in pixels. */
export const COLUMN_PX = 68;
export const NAMES_PX = 84;

/** Where the column of an index begins, in pixels. */
export function columnLeft(index: number): number {
  return NAMES_PX + (index - 1) * COLUMN_PX;
}

/** The element of an entry in a node's log, so that it can be pointed at. */
export function cellId(node: string, index: number): string {
  return `log-${node}-${index}`;
}
