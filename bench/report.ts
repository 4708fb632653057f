/** What a benchmark tells whoever runs it: one figure a case. */
export type Report = (benchCase: string, value: number, unit: string) => void;
