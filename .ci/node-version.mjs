// Imported first by every program here, so that an old Node.js ends in a sentence and not in a stack trace.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Whitewater needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
