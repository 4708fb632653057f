/** The end of a switch over a discriminated union: the compiler refuses it while a case is missing. */
export function assertUnreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`);
}
