/** With reduced motion a flight is shown in this many steps, and a timer in twice as many. */
export const STEPS = 4;

/** The moment at which the flight stands still: the middle of its present step. */
export function stepped({ sentUs, dueUs }: { readonly sentUs: number; readonly dueUs: number }, nowUs: number): number {
  if (nowUs >= dueUs) return nowUs;
  const stepUs = (dueUs - sentUs) / STEPS;
  return sentUs + Math.floor((nowUs - sentUs) / stepUs) * stepUs + stepUs / 2;
}
