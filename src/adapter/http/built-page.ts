import { fileURLToPath } from 'node:url';

/** Where the built playground is: beside the built command, in a checkout and in an installed package alike. */
export const builtPageFolder = fileURLToPath(new URL('../dist', import.meta.url));
