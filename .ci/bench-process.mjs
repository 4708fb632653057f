// The process of one benchmark: it runs the module that it is given and sends each figure to its parent.
import { pathToFileURL } from 'node:url';

const [, , file = ''] = process.argv;

/** @typedef {(name: string, value: number, unit: string) => void} Report */

const { run } = /** @type {{ run: (report: Report) => Promise<void> }} */ (await import(pathToFileURL(file).href));
await run((name, value, unit) => {
  process.send?.({ case: name, value, unit });
});
process.disconnect();
